#!/usr/bin/env node
/**
 * clerestory-verify: checks what Clerestory says of itself. It needs Node and the files of this folder and of
 * packages/tlog and packages/public-log; it asks no database and believes no server.
 */
import { parseArgs } from 'node:util';
import { parseVerifierKey } from '@clerestory/tlog';
import { checkBundles, type BundleEntry, type BundleText } from './bundle.ts';
import { checkBundleInLog } from './bundle-in-log.ts';
import { checkConsistency, checkpointAt, whoSigned, type Finding, type Keys } from './checkpoints.ts';
import { sha256 } from './crypto.ts';
import { parseAge } from './freshness.ts';
import { checkLog } from './log.ts';
import { checkReport } from './report.ts';
import { checkSample } from './sample.ts';
import { CannotRead, isAddress, openSource, readText } from './source.ts';
import { printable } from './words.ts';

const usage = `clerestory-verify <what> --key <key of the log> [--witness <key of a witness>]…

  checkpoint <file or address>           is it signed by the log, and by whom else?
  consistency <old> <new> --log <where>  does the new checkpoint go on from the old one?
  bundle <file>… [--show] [--log <where>] an owner's download or an auditor's export, of one file or of several, which
                                         are then compared; with the log, also whether what is not opened is what the
                                         log says that was erased
  sample <file> --log <where>            is a sample for an audit the one that its lot gives?
  report <file or address> --log <where> are the public numbers those of the log?
  log <where> [--kept <folder>]          every entry of a log; with checkpoints that were kept, all of those too

<where> is an address such as https://wall.example.org/log, or a folder with the same files.
Both keys look like name+hash+key. Several --key are several keys of one log, as after a change of its key.
Each --witness has to have signed. How long ago the last of them did is said; --max-age 90m (or 36h, 30d) makes what
is older a fault. Without it, what a server hands out now and a witness has not vouched for within an hour is one. Ends with 0: all holds; 1: something does not; 2: not all could be checked.`;

/** How the program is called was not understood. */
class Misused extends Error {}

/** Words that each takes after its name (Infinity: one or more), and options besides --key, --witness and --max-age. What is not looked at is refused. */
const takes: Readonly<Record<string, { words: number; options: readonly string[] }>> = {
  checkpoint: { words: 1, options: [] },
  consistency: { words: 2, options: ['log'] },
  bundle: { words: Infinity, options: ['log', 'show'] },
  sample: { words: 1, options: ['log'] },
  report: { words: 1, options: ['log'] },
  log: { words: 1, options: ['kept'] },
};

function assertTaken(what: string, words: number, options: Readonly<Record<string, unknown>>): void {
  const taken = Object.hasOwn(takes, what) ? takes[what] : undefined;
  if (!taken) throw new Misused(`there is no "${what}"`);
  if (taken.words === Infinity ? words < 1 : words !== taken.words)
    throw new Misused(`${what} takes ${taken.words}, and was given ${words}`);
  const more = Object.keys(options).find((name) => options[name] && !taken.options.includes(name));
  if (more !== undefined) throw new Misused(`${what} does nothing with --${more}, so that it was not begun`);
}

const say = (words: string) => void process.stdout.write(`${printable(words)}\n`);
const complain = (words: string) => void process.stderr.write(`${printable(words)}\n`);

/** A text may have several keys, one a line, as the log's address /key gives them. */
function keysFrom(texts: readonly string[], what: string) {
  return texts
    .flatMap((text) => text.split(/\s+/))
    .filter((text) => text !== '')
    .map((text) => {
      const key = parseVerifierKey(sha256, text);
      if (!key) throw new CannotRead(`"${text}" is no key of a ${what}: it looks like name+hash+key`);
      return key;
    });
}

function ageFrom(text: string): number {
  const age = parseAge(text);
  if (age === null)
    throw new Misused(`--max-age ${text} is no time: write 90m, 36h or 30d for minutes, hours or days`);
  return age;
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

const timeOf = (at: unknown) => new Date(Number(at)).toISOString();

function show({ entry, shown }: BundleEntry): void {
  const { at = entry.at, ...more } = shown;
  say(`  ${entry.sequence}  ${timeOf(at)}  ${entry.kind}  ${JSON.stringify({ ...entry.public, ...more })}`);
}

async function run(): Promise<Finding> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      key: { type: 'string', multiple: true, default: [] },
      witness: { type: 'string', multiple: true, default: [] },
      'max-age': { type: 'string' },
      log: { type: 'string' },
      kept: { type: 'string' },
      show: { type: 'boolean', default: false },
    },
  });
  const [what, first, second] = positionals;
  const keys: Keys = {
    ...{ log: keysFrom(values.key, 'log'), witnesses: keysFrom(values.witness, 'witness') },
    ...(values['max-age'] !== undefined && { maxAgeMs: ageFrom(values['max-age']) }),
  };
  if (!what || !first || keys.log.length === 0) throw new Misused();
  const { log, kept, show: isShown } = values;
  assertTaken(what, positionals.length - 1, { log, kept, show: isShown });
  switch (what) {
    case 'checkpoint':
      return whoSigned(await checkpointAt(first, keys), keys, isAddress(first));
    case 'consistency': {
      if (!second || !values.log) throw new Misused();
      const [older, newer] = [await checkpointAt(first, keys), await checkpointAt(second, keys)];
      const found = await checkConsistency(older, newer, openSource(values.log));
      // The older one may be as old as it likes.
      const old = whoSigned(older, { ...keys, maxAgeMs: Infinity });
      const who = whoSigned(newer, keys, isAddress(second));
      return {
        held: [...who.held, ...found.held],
        faults: [...new Set([...old.faults, ...who.faults, ...found.faults])],
        unchecked: [...who.unchecked, ...found.unchecked],
      };
    }
    case 'bundle': {
      const files: BundleText[] = [];
      const places = positionals.slice(1);
      for (const place of places)
        files.push({ name: places.length === 1 ? '' : place, text: await readText(place) });
      const each = values.show ? show : () => undefined;
      return values.log === undefined
        ? checkBundles(files, keys, each)
        : checkBundleInLog({ files, source: openSource(values.log), keys, each, progress: progress() });
    }
    case 'sample': {
      if (!values.log) throw new Misused();
      return checkSample(await readText(first), openSource(values.log), keys, progress());
    }
    case 'report': {
      if (!values.log) throw new Misused();
      return checkReport(await readText(first), openSource(values.log), keys, progress());
    }
    case 'log':
      return checkLog({
        ...{ source: openSource(first), keys, progress: progress() },
        ...(values.kept !== undefined && { keptFolder: values.kept }),
      });
    default:
      throw new Misused();
  }
}

/** The last word, and what the program ends with. */
function verdict({ faults, unchecked }: Finding): [string, number] {
  if (faults.length > 0) return ['It does NOT hold.', 1];
  if (unchecked.length > 0) return ['NOT all of it could be checked. What could be, holds.', 2];
  return ['All of it holds.', 0];
}

try {
  const found = await run();
  for (const words of found.held) say(`  ${words}`);
  for (const words of found.unchecked) complain(`? ${words}`);
  for (const words of found.faults) complain(`! ${words}`);
  const [words, code] = verdict(found);
  say(words);
  process.exitCode = code;
} catch (error) {
  const { message, code = '' } = error as Error & { code?: string };
  if (error instanceof Misused) {
    process.stderr.write(`${usage}\n`);
    if (message !== '') complain(message);
  } else if (error instanceof CannotRead || code.startsWith('ERR_PARSE_ARGS')) complain(message);
  else complain(`this program could not go on, and found nothing either way: ${message}`);
  process.exitCode = 2;
}
