import { ReportBuilder, type Report } from '@clerestory/public-log';
import { canonicalJson, fromBase64, toBase64, type Json } from '@clerestory/tlog';
import { checkConsistency, endOf, whoSigned, type Finding, type Keys } from './checkpoints.ts';
import { NamedKeys } from './named-keys.ts';
import { CannotRead, type Source } from './source.ts';
import { checkWholeLog } from './whole-log.ts';

/** A value in a report is not shown any longer than this, characters. */
const mostShown = 200;
const rootBytes = 32;

/** A text in JSON; one before a colon is the name of a member. */
const anyText = /"(?:[^"\\]|\\.)*"(\s*:)?/g;
const membersIn = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? Object.values(value).reduce<number>(
        (sum, one) => sum + membersIn(one),
        Array.isArray(value) ? 0 : Object.keys(value).length,
      )
    : 0;

function parse(text: string): { report: Report; root: Uint8Array } {
  try {
    const report = JSON.parse(text) as Report;
    const root = fromBase64(report.root);
    const isReport = report.v === 1 && typeof report.month === 'string' && root?.length === rootBytes;
    // What is nested without end is none either; that shows here.
    canonicalJson(report as unknown as Json);
    // Of a member that is there twice one reader takes the first, and another the last.
    const isOnce = [...text.matchAll(anyText)].filter(([, colon]) => colon).length === membersIn(report);
    if (isReport && isOnce && Number.isSafeInteger(report.size) && report.size >= 0) return { report, root };
  } catch {
    // Told below.
  }
  throw new CannotRead('this is no public report: ask for report.json, and give it as it was downloaded');
}

const inShort = (value: unknown) => (JSON.stringify(value) ?? 'nothing').slice(0, mostShown);

/** Where two reports differ, as paths such as `accesses.purpose.fire`. */
function* differences(said: unknown, is: unknown, at = ''): Generator<string> {
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null;
  if (!isObject(said) || !isObject(is) || Array.isArray(said) !== Array.isArray(is)) {
    if (said !== is) yield `${at}: the report says ${inShort(said)}, the log ${inShort(is)}`;
    return;
  }
  const of = (one: Record<string, unknown>, key: string) => (Object.hasOwn(one, key) ? one[key] : undefined);
  for (const key of new Set([...Object.keys(said), ...Object.keys(is)]))
    yield* differences(of(said, key), of(is, key), at === '' ? key : `${at}.${key}`);
}

/** Reads the whole log, checks it, and computes the report anew from its entries up to the size that it names. */
export async function checkReport(
  text: string,
  source: Source,
  keys: Keys,
  progress?: (done: number, size: number) => void,
): Promise<Finding> {
  const { report, root } = parse(text);
  const end = await endOf(source, keys);
  const { origin, size } = end.checkpoint;
  const who = whoSigned(end, keys, source.isLive);
  if (report.size > size)
    return {
      ...who,
      faults: [...who.faults, `the report is of ${report.size} entries, and the log has only ${size}`],
    };
  const builder = new ReportBuilder();
  const named = new NamedKeys();
  const found = await checkWholeLog({
    ...{ source, end, ...(progress && { progress }) },
    each: (entry) => {
      named.take(entry);
      if (entry.sequence <= report.size) builder.take(entry);
    },
  });
  // The root that the report names is that of the log at its size, or it is a report of another log.
  const then = { ...end, checkpoint: { ...end.checkpoint, size: report.size, root } };
  const consistency = await checkConsistency(then, end, source);
  const { hiddenIn, note, ...numbers } = builder.report(
    { origin, size: report.size, root: toBase64(root) },
    report.month,
  );
  // A file of before has the numbers alone.
  const anew = { ...numbers, ...('hiddenIn' in report && { hiddenIn }), ...('note' in report && { note }) };
  const wrong = [...differences(report, anew)];
  const held = [...who.held, ...found.held];
  if (wrong.length === 0)
    held.push(`the numbers of the report are those of the first ${report.size} entries`);
  const keyFaults = found.isWhole ? named.faults(end, [], keys) : [];
  return {
    held,
    faults: [...who.faults, ...found.faults, ...keyFaults, ...consistency.faults, ...wrong],
    unchecked: [...who.unchecked, ...found.unchecked],
  };
}
