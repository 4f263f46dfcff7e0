import { checkLine, parseHead, parseLine, type PublicEntry } from '@clerestory/public-log';
import { opened, describe, type Finding, type Keys } from './checkpoints.ts';
import { sha256 } from './crypto.ts';

const mostFaults = 20;

export interface BundleEntry {
  entry: PublicEntry;
  /** What the bundle opens of it, each of which is what the log committed to. */
  shown: Record<string, unknown>;
}

/** Checks an owner's bundle or an auditor's export: every line against the checkpoint in its head. */
export function checkBundle(
  text: string,
  keys: Keys,
  each: (one: BundleEntry) => void = () => undefined,
): Finding {
  const [first = '', ...lines] = text.split('\n').filter((line) => line !== '');
  const head = parseHead(first);
  if (!head) return { held: [], faults: ['this is no bundle: its first line says so of every bundle'] };
  const checkpoint = opened(head.checkpoint, keys);
  if (!checkpoint.ok)
    return { held: [], faults: [`the checkpoint in the bundle is not to be believed: ${checkpoint.fault}`] };
  const faults: string[] = [];
  let wrong = 0;
  for (const [at, line] of lines.entries()) {
    const parsed = parseLine(line);
    const checked = parsed ? checkLine(sha256, parsed, checkpoint.value.checkpoint) : null;
    if (parsed && checked?.ok) {
      each({
        entry: checked.entry,
        shown: Object.fromEntries(parsed.openings.map(({ name, value }) => [name, value])),
      });
      continue;
    }
    wrong += 1;
    const words = checked && !checked.ok ? checked.fault : 'it is no line of a bundle';
    if (faults.length < mostFaults)
      faults.push(`line ${at + 2}${parsed ? ` (entry ${parsed.index + 1})` : ''}: ${words}`);
  }
  if (wrong > faults.length) faults.push(`and ${wrong - faults.length} lines more`);
  const held = [...describe(checkpoint.value, keys), `the bundle is of ${head.of}`];
  if (faults.length === 0)
    held.push(`each of its ${lines.length} entries is in the log, and is what the log committed to`);
  return { held, faults };
}
