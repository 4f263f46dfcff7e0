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
const time = (language: Language, at: unknown): string =>
  typeof at === 'number'
    ? new Date(at).toLocaleString(language === 'en' ? 'en-US' : 'es-US', {
        dateStyle: 'medium',
        timeStyle: 'short',
        timeZone: 'UTC',
      }) + ' UTC'
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
