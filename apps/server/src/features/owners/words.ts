import type { Language } from '@clerestory/protocol';
import type { OwnerLinkKind } from './rules.ts';

/** What letters with a one-time link say. */
type Kind = OwnerLinkKind | 'left';
const texts: Record<Language, Record<Kind, { subject: string; lines: string[] }>> = {
  en: {
    'sign-in': {
      subject: 'Your sign-in link',
      lines: ['Hello {name},', 'open this link to sign in to your camera pages:', '{url}', '{once30}'],
    },
    'sign-up': {
      subject: 'Register your camera',
      lines: [
        'Hello,',
        'somebody gave this address to sign in to the camera pages. It is new to us. If it was you and you want to register a camera, open this link:',
        '{url}',
        '{once30}',
      ],
    },
    invitation: {
      subject: 'You are asked to share a camera',
      lines: [
        'Hello {name},',
        'you are asked to share a camera with the control room. Nothing is shared until you say yes. Read what it means, change what you like, or say no:',
        '{url}',
        'The link works once and for 14 days. After that, ask for a new one on the same page.',
      ],
    },
    'address-changed': {
      subject: 'Your address was changed',
      lines: [
        'Hello {name},',
        'the control room has entered another address for you. Letters about your cameras go there now, and whoever reads it can sign in as you.',
        'If you did not want this, open this link and keep this address. If it is right, say so there:',
        '{url}',
        'The link works for 14 days. Until you answer, whoever reads the new address can look, pause and stop, and allow nothing. After 14 days without an answer the new address counts.',
      ],
    },
    leave: {
      subject: 'Do you want to leave?',
      lines: [
        'Hello {name},',
        'somebody who is signed in as you asked to leave. Nothing has happened yet. Open this link to read what happens then, and to say yes:',
        '{url}',
        '{once30}',
      ],
    },
    left: {
      subject: 'You have left',
      lines: [
        'Hello {name},',
        'you have left. Nobody can watch through what you lent. Your name, your address, your number, your passkeys and what you wrote to us are erased. This is the last letter to you.',
        'What stays: the record of who watched, when and why, and of what you had allowed. It does not say your name or your address. It stays so that it can still be checked what was done, and is erased when it is as old as this site keeps its record. A scrambled form of where your pictures came from stays too, so that nobody here opens them under another name; only another owner who gets the camera or its address after you can share it anew.',
        'If it was not you who left, write to the people who run the control room.',
      ],
    },
  },
  es: {
    'sign-in': {
      subject: 'Su enlace para entrar',
      lines: [
        'Hola, {name}:',
        'abra este enlace para entrar en las páginas de su cámara:',
        '{url}',
        '{once30}',
      ],
    },
    'sign-up': {
      subject: 'Registre su cámara',
      lines: [
        'Hola:',
        'alguien usó esta dirección para entrar en las páginas de cámaras. Es nueva para nosotros. Si fue usted y quiere registrar una cámara, abra este enlace:',
        '{url}',
        '{once30}',
      ],
    },
    invitation: {
      subject: 'Le piden compartir una cámara',
      lines: [
        'Hola, {name}:',
        'le piden que comparta una cámara con la sala de control. No se comparte nada hasta que usted diga que sí. Lea lo que significa, cambie lo que quiera o diga que no:',
        '{url}',
        'El enlace funciona una sola vez y durante 14 días. Después, pida uno nuevo en la misma página.',
      ],
    },
    'address-changed': {
      subject: 'Su dirección se cambió',
      lines: [
        'Hola, {name}:',
        'la sala de control puso otra dirección para usted. Las cartas sobre sus cámaras van ahora allí, y quien la lea puede entrar como usted.',
        'Si usted no lo quería, abra este enlace y conserve esta dirección. Si está bien, dígalo allí:',
        '{url}',
        'El enlace funciona durante 14 días. Hasta que responda, quien lea la nueva dirección puede mirar, poner pausa y parar, pero no permitir nada. Después de 14 días sin respuesta vale la nueva dirección.',
      ],
    },
    leave: {
      subject: '¿Quiere darse de baja?',
      lines: [
        'Hola, {name}:',
        'alguien que entró como usted pidió darse de baja. Todavía no ha pasado nada. Abra este enlace para leer qué pasa entonces y para decir que sí:',
        '{url}',
        '{once30}',
      ],
    },
    left: {
      subject: 'Se dio de baja',
      lines: [
        'Hola, {name}:',
        'usted se dio de baja. Ya nadie puede mirar por lo que usted prestó. Se borraron su nombre, su dirección, su número, sus llaves de acceso y lo que nos escribió. Esta es la última carta para usted.',
        'Lo que queda: el registro de quién miró, cuándo y por qué, y de lo que usted había permitido. No dice su nombre ni su dirección. Queda para que todavía se pueda comprobar qué se hizo, y se borra cuando es tan viejo como este sitio guarda su registro. También queda una forma cifrada de dónde venían sus imágenes, para que nadie aquí las abra con otro nombre; solo otra persona que tenga la cámara o su dirección después de usted puede compartirla de nuevo.',
        'Si no fue usted quien se dio de baja, escriba a quienes llevan la sala de control.',
      ],
    },
  },
};

const once30: Record<Language, string> = {
  en: 'It works once, for 30 minutes. If it was not you, do nothing.',
  es: 'Funciona una sola vez, durante 30 minutos. Si no fue usted, no haga nada.',
};

export function letterOf(
  kind: Kind,
  language: Language,
  { name, url }: { name: string; url: string },
): { subject: string; text: string } {
  const { subject, lines } = texts[language][kind];
  const text = lines
    .map((line) => line.replace('{name}', name).replace('{url}', url).replace('{once30}', once30[language]))
    .join('\n\n');
  return { subject, text: `${text}\n\nClerestory\n` };
}
