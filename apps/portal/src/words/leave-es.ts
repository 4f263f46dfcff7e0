import type { LeaveWords } from './leave-en.ts';

/** Lo que se dice a quien se da de baja, en español. */
export const leave: LeaveWords = {
  title: 'Darse de baja',
  help: 'Puede darse de baja en cualquier momento. Primero le enviamos una carta. No pasa nada hasta que diga que sí allí.',
  send: 'Envíenme la carta',
  sent: (email) =>
    `Va una carta en camino a ${email}. Abra su enlace, lea y decida. Funciona durante 30 minutos.`,
  ask: '¿Quiere darse de baja?',
  lead: (email) => `Esto es para ${email}. Todavía no ha pasado nada.`,
  goes: 'Lo que se va',
  pictures: 'Quien mira ahora pierde la imagen en un segundo. Nadie puede mirar otra vez.',
  removed: (names) => `Estas cámaras salen del registro: ${names}.`,
  shared: (names) =>
    `Otra persona tiene estas con usted: ${names}. Siguen siendo suyas. Nadie puede mirar hasta que las permita de nuevo.`,
  erased: 'Borramos su nombre, sus direcciones, su teléfono, sus llaves de acceso y lo que nos respondió.',
  waiting: 'Los avisos que todavía no salieron ya no se envían.',
  stays: 'Lo que queda, y por qué',
  record:
    'El registro de quién miró, cuándo y por qué, y de lo que usted permitió. Tiene un número para usted, y no su nombre. Con él cualquiera puede comprobar todavía qué se hizo. Se borra por su edad.',
  addresses:
    'Una forma cifrada de dónde venía cada imagen, sin su nombre. Así nadie aquí puede abrir su cámara con otro nombre. Solo quien tenga la cámara o su dirección después de usted puede compartirla de nuevo, en sus propias páginas. El registro dice cuándo pasa eso.',
  first: 'Después ya no podrá ver quién miró. Si quiere las pruebas, descárguelas antes.',
  yes: 'Sí, darme de baja',
  no: 'No, me quedo',
  left: 'Se dio de baja',
  leftText: (email) => `Todo está hecho. Una última carta a ${email} se lo dice.`,
};
