#!/usr/bin/env node
/**
 * clerestory-verify: checks what Clerestory says of itself. It needs Node and the files of this folder and of
 * packages/tlog and packages/public-log; it asks no database and believes no server.
 */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parseVerifierKey, type SignedCheckpoint } from '@clerestory/tlog';
import { checkBundle, type BundleEntry } from './bundle.ts';
import { checkConsistency, describe, opened, type Finding, type Keys } from './checkpoints.ts';
import { sha256 } from './crypto.ts';
import { checkReport } from './report.ts';
import { CannotRead, openSource, readText } from './source.ts';
import { checkWholeLog } from './whole-log.ts';

const usage = `clerestory-verify <what> --key <key of the log> [--witness <key of a witness>]…

  checkpoint <file or address>           is it signed by the log, and by whom else?
  consistency <old> <new> --log <where>  does the new checkpoint go on from the old one?
  bundle <file> [--show]                 an owner's download or an auditor's export
  report <file or address> --log <where> are the public numbers those of the log?
  log <where> [--kept <folder>]          every entry of a log; with checkpoints that were kept, all of those too

<where> is an address such as https://wall.example.org/log, or a folder with the same files.
Both keys look like name+hash+key. Several --key are several keys of one log, as after a change of its key.`;

const say = (words: string) => void process.stdout.write(`${words}\n`);
const complain = (words: string) => void process.stderr.write(`${words}\n`);

function keysFrom(texts: readonly string[], what: string) {
  return texts.map((text) => {
    const key = parseVerifierKey(sha256, text);
    if (!key) throw new CannotRead(`"${text}" is no key of a ${what}: it looks like name+hash+key`);
    return key;
  });
}

/** @throws CannotRead for what is no checkpoint that one of the keys has signed. */
function mustOpen(note: string, place: string, keys: Keys): SignedCheckpoint {
  const found = opened(note, keys);
  if (found.ok) return found.value;
  throw new CannotRead(
    `${place}: ${found.fault}. The log names all its keys at its address /key; after a change give each with its own --key.`,
  );
}

const checkpointAt = async (place: string, keys: Keys): Promise<SignedCheckpoint> =>
  mustOpen(await readText(place), place, keys);

/** Every file below the folder that is a checkpoint of this log; others are named and passed over. */
async function keptIn(folder: string, keys: Keys): Promise<SignedCheckpoint[]> {
  const kept: SignedCheckpoint[] = [];
  for (const name of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!name.isFile() || name.name.endsWith('.draft')) continue;
    const file = path.join(name.parentPath, name.name);
    const found = opened(await readText(file), keys);
    if (found.ok) kept.push(found.value);
    else complain(`passed over ${file}: ${found.fault}`);
  }
  return kept;
}

/** Words on a terminal, a line each ten per cent elsewhere. */
function progress(): (done: number, size: number) => void {
  let told = 0;
  return (done, size) => {
    if (process.stderr.isTTY)
      process.stderr.write(`\r${done} of ${size} entries${done === size ? '\n' : ''}`);
    else if (done - told >= size / 10 && size > 10_000) {
      told = done;
      complain(`${done} of ${size} entries`);
    }
  };
}

function show({ entry, shown }: BundleEntry): void {
  const { at = entry.at, ...more } = shown;
  say(
    `  ${entry.sequence}  ${new Date(Number(at)).toISOString()}  ${entry.kind}  ${JSON.stringify({ ...entry.public, ...more })}`,
  );
}

async function run(): Promise<Finding> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      key: { type: 'string', multiple: true, default: [] },
      witness: { type: 'string', multiple: true, default: [] },
      log: { type: 'string' },
      kept: { type: 'string' },
      show: { type: 'boolean', default: false },
    },
  });
  const [what, first, second] = positionals;
  const keys: Keys = { log: keysFrom(values.key, 'log'), witnesses: keysFrom(values.witness, 'witness') };
  if (!what || !first || keys.log.length === 0) throw new CannotRead(usage);
  switch (what) {
    case 'checkpoint':
      return { held: describe(await checkpointAt(first, keys), keys), faults: [] };
    case 'consistency': {
      if (!second || !values.log) throw new CannotRead(usage);
      const [older, newer] = [await checkpointAt(first, keys), await checkpointAt(second, keys)];
      return checkConsistency(older, newer, openSource(values.log));
    }
    case 'bundle':
      return checkBundle(await readText(first), keys, values.show ? show : undefined);
    case 'report': {
      if (!values.log) throw new CannotRead(usage);
      return checkReport(await readText(first), openSource(values.log), keys, progress());
    }
    case 'log': {
      const source = openSource(first);
      const note = Buffer.from(await source.read('checkpoint')).toString('utf8');
      const end = mustOpen(note, `the checkpoint at ${first}`, keys);
      const kept = values.kept === undefined ? [] : await keptIn(values.kept, keys);
      const found = await checkWholeLog({ source, end, kept, progress: progress() });
      const words = kept.length > 0 ? [`${kept.length} kept checkpoints were compared`] : [];
      return { faults: found.faults, held: [...describe(end, keys), ...words, ...found.held] };
    }
    default:
      throw new CannotRead(usage);
  }
}

try {
  const { faults, held } = await run();
  for (const words of held) say(`  ${words}`);
  for (const words of faults) complain(`! ${words}`);
  say(faults.length === 0 ? 'All of it holds.' : 'It does NOT hold.');
  process.exitCode = faults.length === 0 ? 0 : 1;
} catch (error) {
  const isExpected =
    error instanceof CannotRead || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  complain(isExpected ? (error as Error).message : String((error as Error).stack));
  process.exitCode = 2;
}
