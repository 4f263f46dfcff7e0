import { ReportBuilder, type Report } from '@clerestory/public-log';
import { canonicalJson, toBase64, type Json } from '@clerestory/tlog';
import { checkConsistency, describe, opened, type Finding, type Keys } from './checkpoints.ts';
import { CannotRead, type Source } from './source.ts';
import { checkWholeLog } from './whole-log.ts';

function parse(text: string): Report {
  try {
    const report = JSON.parse(text) as Report;
    if (report.v === 1 && Number.isSafeInteger(report.size) && typeof report.month === 'string')
      return report;
  } catch {
    // Told below.
  }
  throw new CannotRead('this is no public report: ask for report.json');
}

/** Where two reports differ, as paths such as `accesses.purpose.fire`. */
function* differences(said: unknown, is: unknown, at = ''): Generator<string> {
  const isObject = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null;
  if (!isObject(said) || !isObject(is)) {
    if (said !== is) yield `${at}: the report says ${JSON.stringify(said)}, the log ${JSON.stringify(is)}`;
    return;
  }
  for (const key of new Set([...Object.keys(said), ...Object.keys(is)]))
    yield* differences(said[key], is[key], at === '' ? key : `${at}.${key}`);
}

/** Reads the whole log, checks it, and computes the report anew from its entries up to the size that it names. */
export async function checkReport(
  text: string,
  source: Source,
  keys: Keys,
  progress?: (done: number, size: number) => void,
): Promise<Finding> {
  const report = parse(text);
  const end = opened(Buffer.from(await source.read('checkpoint')).toString('utf8'), keys);
  if (!end.ok) throw new CannotRead(`the checkpoint of the log: ${end.fault}`);
  const { origin, size } = end.value.checkpoint;
  if (report.size > size)
    return { held: [], faults: [`the report is of ${report.size} entries, and the log has only ${size}`] };
  const builder = new ReportBuilder();
  const found = await checkWholeLog({
    ...{ source, end: end.value, ...(progress && { progress }) },
    each: (entry) => {
      if (entry.sequence <= report.size) builder.take(entry);
    },
  });
  // The root that the report names is that of the log at its size, or it is a report of another log.
  const named = {
    ...end.value,
    checkpoint: { ...end.value.checkpoint, size: report.size, root: Buffer.from(report.root, 'base64') },
  };
  const consistency = await checkConsistency(named, end.value, source);
  const anew = builder.report(
    { origin, size: report.size, root: toBase64(named.checkpoint.root) },
    report.month,
  );
  const wrong =
    canonicalJson(anew as unknown as Json) === canonicalJson(report as unknown as Json)
      ? []
      : [...differences(report, anew)];
  const held = [...describe(end.value, keys), ...found.held];
  if (wrong.length === 0)
    held.push(`the numbers of the report are those of the first ${report.size} entries`);
  return { held, faults: [...found.faults, ...consistency.faults, ...wrong] };
}
