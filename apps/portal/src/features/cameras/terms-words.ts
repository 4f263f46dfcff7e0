import {
  purposeWords,
  purposeWordsEs,
  type CameraAccess,
  type ConsentTerms,
  type Language,
  type Purpose,
} from '@clerestory/protocol/portal';
import type { Words } from '../../words/index.tsx';

export const purposesIn = (words: Words): Readonly<Record<Purpose, string>> =>
  (words.lang as Language) === 'es' ? purposeWordsEs : purposeWords;

const distance = (words: Words, metres: number): string =>
  metres < 1000 ? `${metres} m` : `${(metres / 1000).toLocaleString(words.locale)} km`;
export { distance };

/** What an owner agrees to with these terms, sentence by sentence, and what it means on this day. */
export function summaryOf(
  words: Words,
  terms: ConsentTerms,
  hasOverride: boolean,
): { sentences: string[]; today: string[] } {
  const { sum, form } = words.camera;
  const { level, purposes, hours, radiusM, expiresAt, retentionDays } = terms;
  if (level === 'registered') return { sentences: [sum.registered, sum.noExpiry], today: [sum.todayNever] };
  const near = distance(words, radiusM ?? 0);
  const sentences = [
    level === 'incident' || level === 'scheduled' ? sum[level](near) : sum[level],
    sum.purposes(purposes.map((one) => purposesIn(words)[one]).join(', ')),
  ];
  const windows = hours?.windows ?? [];
  if (radiusM !== null && level !== 'incident' && level !== 'scheduled') sentences.push(sum.within(near));
  for (const { days, from, until } of windows)
    sentences.push(sum.hours(days.map((day) => form.days[day - 1] ?? '').join(', '), from, until));
  sentences.push(
    expiresAt === null ? sum.noExpiry : sum.expiry(new Date(expiresAt).toLocaleDateString(words.locale)),
    sum.noKeep,
    ...(retentionDays === 0 ? [] : [sum.keep(String(retentionDays))]),
    sum.told,
    sum.stop,
    sum.recognition,
  );
  const today = [
    level === 'standing' ? sum.todayAny : level === 'on-request' ? sum.todayAsk : sum.todayEvent,
  ];
  if (windows.length > 0)
    today.push(sum.todayHours(windows.map(({ from, until }) => `${from}–${until}`).join(', ')));
  if (hasOverride) today.push(sum.todayExigent);
  return { sentences, today };
}

/** Why somebody watches, in the reader's language where it is one of the list. */
export function whyOf(words: Words, { purpose, purposeText }: CameraAccess): string {
  if (words.lang !== 'es') return purpose.kind === 'exigent' ? purposeWords[purpose.purpose] : purposeText;
  const known = (Object.entries(purposeWords) as [Purpose, string][]).find(([, text]) =>
    purposeText.startsWith(text),
  );
  const key = purpose.kind === 'incident' ? known?.[0] : purpose.purpose;
  return key === undefined ? purposeText : purposeWordsEs[key];
}

export const whoOf = (words: Words, { viewer, role }: CameraAccess): string =>
  viewer === 'screen' ? words.camera.onScreen : (words.camera.roles[role] ?? role);

export const timeOf = (words: Words, at: number): string =>
  new Date(at).toLocaleString(words.locale, { dateStyle: 'medium', timeStyle: 'short' });

/** From one time to another, with what both have in common said once. */
export const spanOf = (words: Words, from: number, to: number): string =>
  new Intl.DateTimeFormat(words.locale, { dateStyle: 'medium', timeStyle: 'short' }).formatRange(from, to);

export const lengthOf = (words: Words, seconds: number): string =>
  seconds < 90
    ? words.camera.seconds(String(Math.max(1, Math.round(seconds))))
    : words.camera.minutes(String(Math.round(seconds / 60)));
