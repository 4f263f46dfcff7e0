import {
  purposeWords,
  purposeWordsEs,
  type Language,
  type NoticeKind,
  type Purpose,
} from '@clerestory/protocol';

/** What a notice is made from. */
export interface NoticeFacts {
  kind: NoticeKind;
  cameraName: string;
  detail: Record<string, string | number | boolean | null>;
  delayed: boolean;
  /** Where the owner sees all of it and can stop it. */
  url: string;
}

const roles: Record<Language, Record<string, string>> = {
  en: {
    operator: 'an operator',
    supervisor: 'a supervisor',
    investigator: 'an investigator',
    screen: 'a screen of the control room',
  },
  es: {
    operator: 'un operador',
    supervisor: 'un supervisor',
    investigator: 'un investigador',
    screen: 'una pantalla de la sala de control',
  },
};
const purposeIn = (language: Language, purpose: unknown): string => {
  const words: Record<string, string> = language === 'en' ? purposeWords : purposeWordsEs;
  return words[String(purpose) as Purpose] ?? String(purpose);
};
/** By the clocks of the place where the server stands (its `TZ`), and which those are. */
const time = (language: Language, at: unknown): string =>
  typeof at === 'number'
    ? new Date(at).toLocaleString(language === 'en' ? 'en-US' : 'es-US', {
        ...{ year: 'numeric', month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' },
        timeZoneName: 'short',
      })
    : '–';

/** Who asks for what footage; nothing where it is not told. */
function footageLines(language: Language, detail: NoticeFacts['detail']): string[] {
  if (typeof detail['place'] !== 'string') return [];
  const { place, from, to, until } = detail;
  const asker = String(detail['asker'] ?? '');
  const caseNumber = String(detail['case'] ?? '');
  const why = purposeIn(language, detail['purpose']);
  return language === 'en'
    ? [
        `Who asks: ${asker}, ${roles.en['investigator']}`,
        `Why: ${why} (${caseNumber})`,
        `Where: around ${place}`,
        `Of which time: ${time('en', from)} to ${time('en', to)}`,
        `You can answer until: ${time('en', until)}`,
      ]
    : [
        `Quién lo pide: ${asker}, ${roles.es['investigator']}`,
        `Por qué: ${why} (${caseNumber.replace(/^Incident /, 'Incidente ')})`,
        `Dónde: cerca de ${place}`,
        `De qué hora: de ${time('es', from)} a ${time('es', to)}`,
        `Puede responder hasta: ${time('es', until)}`,
      ];
}

const fieldWords: Record<Language, Record<string, string>> = {
  en: {
    ...{ name: 'its name', place: 'its address', latitude: 'where it stands', longitude: 'where it stands' },
    ...{ heading: 'where it looks', viewAngle: 'where it looks', placeKind: 'the kind of place' },
    ...{ tier: 'whether it has a picture here', owner: 'its owner', source: 'where its picture comes from' },
  },
  es: {
    ...{ name: 'su nombre', place: 'su dirección', latitude: 'dónde está', longitude: 'dónde está' },
    ...{ heading: 'hacia dónde mira', viewAngle: 'hacia dónde mira', placeKind: 'el tipo de lugar' },
    ...{ tier: 'si tiene imagen aquí', owner: 'de quién es', source: 'de dónde viene su imagen' },
  },
};
const changedIn = (language: Language, detail: NoticeFacts['detail']): string => {
  const fields = String(detail['fields'] ?? '').split(' ');
  return [...new Set(fields.map((field) => fieldWords[language][field] ?? field))].join(', ');
};

/** A notice in words, short enough for the front of a phone. */
export function wordsOf(language: Language, facts: NoticeFacts): { title: string; text: string } {
  const { kind, cameraName, detail, delayed, url } = facts;
  const who = roles[language][String(detail['role'])] ?? String(detail['role'] ?? '');
  const why = purposeIn(language, detail['purpose']);
  const from = time(language, detail['from']);
  const until = time(language, detail['until']);
  const lines: string[] = [];
  let title: string;
  if (language === 'en') {
    if (kind === 'access') {
      title = `Your camera “${cameraName}” is being watched`;
      lines.push(`Who: ${who}`, `Why: ${why}`, `From: ${from}`, `Until at the latest: ${until}`);
      if (detail['exigent'] === true)
        lines.push('This was opened as an emergency, by two people, without regard to your rules.');
      if (detail['ownIncident'] === true)
        lines.push('The person who watches also reported the incident. We tell you so that you know.');
    } else if (kind === 'access-asked') {
      title = `May we look through “${cameraName}”?`;
      lines.push(`Who asks: ${who}`, `Why: ${why}`, `No answer until ${until} means no.`);
    } else if (detail['left'] === true) {
      title = `Somebody who had “${cameraName}” with you has left`;
      lines.push(
        `When: ${from}`,
        'It is yours now. Nobody can watch through it until you say what you allow.',
      );
    } else if (kind === 'camera-changed') {
      title = `The register of “${cameraName}” was changed`;
      lines.push(`When: ${from}`, `What: ${changedIn('en', detail)}`);
      lines.push('The control room did this. If it is not right, correct it on your page, pause or revoke.');
    } else if (kind === 'camera-removed') {
      title = `Your camera “${cameraName}” is out of the register`;
      lines.push(`When: ${from}`, 'Nobody can watch it here any more.');
      lines.push('What was seen through it, and what you had allowed, stays on your page.');
    } else {
      title = `A request for footage from “${cameraName}”`;
      lines.push(...footageLines('en', detail));
      lines.push('You may answer or leave it. Nobody is told if you leave it.');
    }
    if (delayed)
      lines.push('This notice was held back by an order of two people. The order is in the record.');
    lines.push('', kind === 'footage-request' ? 'Read it:' : 'See it, or stop it:', url);
  } else {
    if (kind === 'access') {
      title = `Están mirando su cámara «${cameraName}»`;
      lines.push(`Quién: ${who}`, `Por qué: ${why}`, `Desde: ${from}`, `Hasta, como máximo: ${until}`);
      if (detail['exigent'] === true)
        lines.push('Se abrió como emergencia, por dos personas, sin tener en cuenta sus reglas.');
      if (detail['ownIncident'] === true)
        lines.push('Quien mira también informó del incidente. Se lo decimos para que lo sepa.');
    } else if (kind === 'access-asked') {
      title = `¿Podemos mirar por «${cameraName}»?`;
      lines.push(`Quién lo pide: ${who}`, `Por qué: ${why}`, `Sin respuesta hasta ${until} es un no.`);
    } else if (detail['left'] === true) {
      title = `Quien tenía «${cameraName}» con usted se dio de baja`;
      lines.push(
        `Cuándo: ${from}`,
        'Ahora es suya. Nadie puede mirar por ella hasta que usted diga qué permite.',
      );
    } else if (kind === 'camera-changed') {
      title = `Cambió el registro de «${cameraName}»`;
      lines.push(`Cuándo: ${from}`, `Qué: ${changedIn('es', detail)}`);
      lines.push(
        'Lo hizo la sala de control. Si no es correcto, corríjalo en su página, ponga pausa o revoque.',
      );
    } else if (kind === 'camera-removed') {
      title = `Su cámara «${cameraName}» ya no está en el registro`;
      lines.push(`Cuándo: ${from}`, 'Aquí ya nadie puede mirarla.');
      lines.push('Lo que se vio por ella y lo que usted permitió sigue en su página.');
    } else {
      title = `Le piden grabaciones de «${cameraName}»`;
      lines.push(...footageLines('es', detail));
      lines.push('Puede responder o dejarlo. Si lo deja, nadie se entera.');
    }
    if (delayed) lines.push('Este aviso se retuvo por orden de dos personas. La orden está en el registro.');
    lines.push('', kind === 'footage-request' ? 'Léalo:' : 'Véalo o párelo:', url);
  }
  return { title, text: lines.join('\n') };
}
