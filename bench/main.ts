import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import config from '../playwright.config.ts';
import { benchConsole } from './console.ts';
import { benchCommands, benchRestarts } from './control-plane.ts';
import { benchLoads } from './first-pictures.ts';
import { benchGate } from './gate.ts';
import { benchGestures } from './gestures.ts';
import { benchGrants, benchOwnerStops } from './grants.ts';
import { benchNotices } from './notices.ts';
import { benchJoins } from './joins.ts';
import { benchLog } from './log.ts';
import { benchCameras, benchViewers } from './media-cost.ts';
import { benchLiveScenes, benchScenes } from './scene.ts';
import { benchRevocation, benchSignIn } from './rights.ts';
import { benchSwaps } from './swap.ts';
import { markdown, publish, type Table } from './table.ts';
import { benchTiles } from './tiles.ts';
import { benchTree } from './tree.ts';

/** How much is measured: `smoke` only shows that it runs, `brief` what matters in minutes, `full` all. */
type Size = 'smoke' | 'brief' | 'full';

interface Bench {
  name: string;
  says: string;
  /** Left out of a brief run of everything. */
  fullOnly?: boolean;
  run(size: Size): Promise<Table>;
}

const by = <T>(size: Size, smoke: T, brief: T, full: T): T => ({ smoke, brief, full })[size];
/** Screens and push sockets of a large site. */
const many = 200;

const benches: readonly Bench[] = [
  {
    name: 'tiles',
    says: 'latency, stalls and CPU of a page of tiles beside design A (--tiles, --rounds)',
    run: (size) => benchTiles(tileCounts(size), roundsOf(size)),
  },
  {
    name: 'joins',
    says: 'another camera on a tile, by key frames each 1, 2, 4 and 10 s; stream running and not',
    run: (size) => benchJoins(by(size, 1, 10, 25), by(size, 1, 3, 8)),
  },
  {
    name: 'gestures',
    says: 'a camera put on a tile at the console, until it is seen on another screen',
    run: (size) => benchGestures(by(size, 2, 24, 100)),
  },
  {
    name: 'swap',
    says: 'a tile that grows to the main stream and back; stream running and not',
    run: (size) => benchSwaps(by(size, 1, 3, 10)),
  },
  {
    name: 'cameras',
    says: 'what the server costs with 1, 10, 64 and 100 cameras',
    run: (size) => benchCameras(by(size, [2], [1, 10, 64], [1, 10, 64, 100])),
  },
  {
    name: 'commands',
    says: 'a command to 200 screens beside a bare ws server',
    run: (size) => benchCommands(by(size, 5, many, many), by(size, 20, 300, 1_000)),
  },
  {
    name: 'notices',
    says: 'notices to owners by mail: how many a second, and how soon one is out',
    run: (size) => benchNotices(by(size, 20, 500, 2_000), by(size, 5, 50, 200)),
  },
  {
    name: 'scenes',
    says: 'a scene over 12 screens of 16 tiles, until every tile is assigned on each',
    run: (size) => benchScenes(by(size, 2, 12, 12), by(size, 5, 100, 300)),
  },
  {
    name: 'scenes-live',
    says: 'a scene over 12 screens, until every tile of two real ones shows its camera',
    run: (size) => benchLiveScenes(by(size, 3, 12, 12), by(size, 2, 12, 50)),
  },
  {
    name: 'tree',
    says: 'the camera list of 10,000 cameras: a key until it is drawn, and scrolling',
    run: (size) => benchTree(by(size, 200, 10_000, 10_000)),
  },
  {
    name: 'restarts',
    says: '200 screens lose their server and come back',
    run: (size) => benchRestarts(by(size, 5, many, many), by(size, 1, 3, 7)),
  },
  {
    name: 'gate',
    says: 'what the media node asks before each chunk, over 3,200 views',
    run: (size) => benchGate(by(size, 20, 400, 2_000)),
  },
  {
    name: 'sign-in',
    says: 'signing in by password, one after the other',
    run: (size) => benchSignIn(by(size, 2, 30, 100)),
  },
  {
    name: 'revocation',
    says: 'a right is taken away: the last byte of 200 views, and the frame without a picture',
    run: (size) => benchRevocation(by(size, 1, 1, 5), by(size, 1, 13, 13)),
  },
  {
    name: 'grants',
    says: 'asking for a private camera until the grant and its entry are durable',
    run: (size) => benchGrants(by(size, 3, 200, 1_000)),
  },
  {
    name: 'owner-stops',
    says: 'an owner pauses cameras: the last byte of 200 views, and the frame without a picture',
    run: (size) => benchOwnerStops(by(size, 1, 1, 5), by(size, 1, 4, 13)),
  },
  {
    name: 'log',
    says: 'an entry of the transparency log and its proof, and a whole log verified',
    run: (size) => benchLog(by(size, 400, 4_000, 20_000), by(size, 1_000, 100_000, 1_000_000)),
  },
  {
    name: 'loads',
    says: 'opening a page of 16 tiles, in a new browser and in one that knows it, beside design A',
    fullOnly: true,
    run: (size) => benchLoads(by(size, 1, 16, 16), by(size, 1, 3, 7)),
  },
  {
    name: 'console',
    says: 'an hour of scripted work at a console, and what it holds in memory',
    fullOnly: true,
    run: (size) => benchConsole(by(size, 0.2, 60, 60)),
  },
  {
    name: 'viewers',
    says: 'what 200 push sockets cost',
    fullOnly: true,
    run: (size) => benchViewers(by(size, 2, many, many), by(size, 2, 16, 16)),
  },
];

const help = `npm run bench -- [NAME …] [options]

Without a name: those that matter, in about eleven minutes. "all": everything, which takes much longer.

${benches.map(({ name, says }) => `  ${name.padEnd(12)}${says}`).join('\n')}

  --full             as "all" measures: more rounds and counts
  --smoke            only shows that each runs, in seconds: its figures say nothing
  --tiles 16,25      numbers of tiles (full: 4,9,16,25,36)
  --rounds 3         rounds of each number of tiles
  --json FILE        figures and tables
  --publish          puts the tables into docs/ref/benchmarks.md
`;

const fail = (what: string): never => {
  process.stderr.write(`${what}\n\n${help}`);
  process.exit(1);
};

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        full: { type: 'boolean', default: false },
        smoke: { type: 'boolean', default: false },
        tiles: { type: 'string' },
        rounds: { type: 'string' },
        json: { type: 'string' },
        publish: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (fault) {
    return fail((fault as Error).message);
  }
}

const { values, positionals } = readArguments();

function counts(name: 'tiles' | 'rounds', text: string, most: number): number[] {
  const numbers = text.split(',').map(Number);
  return numbers.every((one) => Number.isInteger(one) && one >= 1 && one <= most)
    ? numbers
    : fail(`--${name}: give whole numbers from 1 to ${most}`);
}

const tileCounts = (size: Size): number[] =>
  values.tiles === undefined
    ? by(size, [2], [16, 25], [4, 9, 16, 25, 36])
    : counts('tiles', values.tiles, 36);

/** The brief run has one round of the larger wall: a second would take its time from the others. */
const roundsOf = (size: Size) => {
  const [given] = values.rounds === undefined ? [] : counts('rounds', values.rounds, 100);
  return (tiles: number) => given ?? by(size, 1, tiles > 16 ? 1 : 2, 3);
};

function chosen(): readonly Bench[] {
  if (positionals.length === 0) return benches.filter(({ fullOnly }) => !fullOnly || values.smoke);
  if (positionals.includes('all')) return benches;
  return positionals.map(
    (name) => benches.find((one) => one.name === name) ?? fail(`There is no bench "${name}".`),
  );
}

function sizeOf(): Size {
  if (values.smoke) return 'smoke';
  return values.full || positionals.includes('all') ? 'full' : 'brief';
}

function machine(): string {
  const { stdout } = spawnSync(config.use?.launchOptions?.executablePath ?? '', ['--version'], {
    encoding: 'utf8',
  });
  const ffmpeg = /version (\S+)/.exec(spawnSync('ffmpeg', ['-version'], { encoding: 'utf8' }).stdout)?.[1];
  const [cpu] = cpus();
  return `${cpus().length} × ${cpu?.model.trim() ?? '?'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}, ${(stdout ?? '').trim().replace(/ built on.*/, '')} headless without GPU, ffmpeg ${ffmpeg}`;
}

const document = path.resolve(import.meta.dirname, '../docs/ref/benchmarks.md');

async function run(): Promise<void> {
  const [size, on] = [sizeOf(), machine()];
  const found: { table: Table; when: string; tookS: number }[] = [];
  for (const bench of chosen()) {
    const [startedMs, loadBefore] = [performance.now(), loadavg()[0] ?? 0];
    process.stderr.write(`${bench.name}: ${bench.says} …\n`);
    const table = await bench.run(size);
    const tookS = Math.round((performance.now() - startedMs) / 1000);
    const when = `${new Date().toISOString().slice(0, 10)} · ${on} · load ${loadBefore.toFixed(1)} before it began.`;
    found.push({ table, when, tookS });
    const text = markdown(table, when);
    process.stdout.write(`${text}\n\n`);
    process.stderr.write(`${bench.name}: ${tookS} s\n`);
    // One after the other, so that what was measured is kept when a later one fails.
    if (values.publish && size !== 'smoke')
      writeFileSync(document, publish(readFileSync(document, 'utf8'), table.name, text));
    if (values.json)
      writeFileSync(values.json, JSON.stringify({ size, machine: on, benches: found }, null, 2) + '\n');
  }
}

if (values.help) process.stdout.write(help);
else await run();
