// Hours of running with a fault each few minutes: npx node tools/soak/main.ts --hours 2 --every 2
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { soak, type Sample, type SoakReport } from './run.ts';
import { slopePerHour } from './vitals.ts';

const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '2' },
    every: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
});
const number = (name: 'hours' | 'every' | 'seed'): number => {
  const value = Number(values[name]);
  if (Number.isFinite(value) && value > 0) return value;
  process.stderr.write(`--${name}: give a number above 0\n`);
  process.exit(1);
};

/** What a process needs at first is not growth, ms. */
const settledAfterMs = 10 * 60_000;

const report = await soak({
  hours: number('hours'),
  everyMinutes: number('every'),
  seed: number('seed'),
  told: (line) => void process.stdout.write(`${new Date().toISOString()} ${line}\n`),
});
process.stdout.write(tableOf(report));
if (values.json)
  writeFileSync(values.json, JSON.stringify({ ...report, tiles: Object.fromEntries(report.tiles) }, null, 1));
const told = [...report.tiles.values()];
if (told.some(({ wrong, old }) => wrong + old > 0) || report.faults.some((one) => one.allLiveAfterS === null))
  process.exitCode = 1;

/** The samples of the longest life of a process, from when it had settled. */
function longestLife(samples: readonly Sample[], pid: (sample: Sample) => number): Sample[] {
  const lives = Map.groupBy(samples, pid);
  const longest = [...lives.values()].toSorted((a, b) => b.length - a.length)[0] ?? [];
  const settledMs = (longest[0]?.atMs ?? 0) + settledAfterMs;
  return longest.filter(({ atMs }) => atMs >= settledMs);
}

function tableOf({ startedAtMs, endedAtMs, samples, tiles, faults }: SoakReport): string {
  const control = longestLife(samples, (sample) => sample.control.pid);
  const media = longestLife(samples, (sample) => sample.media.pid);
  const pages = longestLife(samples, () => 0);
  const row = (name: string, unit: string, of: readonly Sample[], value: (sample: Sample) => number) => {
    const points = of.map((sample) => ({ atMs: sample.atMs, value: value(sample) }));
    const first = points[0]?.value ?? Number.NaN;
    const last = points.at(-1)?.value ?? Number.NaN;
    const hours = ((points.at(-1)?.atMs ?? 0) - (points[0]?.atMs ?? 0)) / 3_600_000;
    return `| ${name} | ${unit} | ${first.toFixed(1)} | ${last.toFixed(1)} | ${slopePerHour(points).toFixed(2)} | ${hours.toFixed(2)} |\n`;
  };
  const perWall = (samples[0]?.walls ?? []).flatMap(({ screen }, index) => [
    row(`page ${screen}: heap`, 'MB', pages, ({ walls }) => walls[index]?.heapMb ?? Number.NaN),
    row(`page ${screen}: DOM nodes`, '', pages, ({ walls }) => walls[index]?.nodes ?? Number.NaN),
    row(`browser ${screen}`, 'MB', pages, ({ walls }) => walls[index]?.browser.privateMb ?? Number.NaN),
    row(`browser ${screen}: descriptors`, '', pages, ({ walls }) => walls[index]?.browser.descriptors ?? 0),
  ]);
  const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(3)} %`;
  const sum = (value: (counts: (typeof told)[number]) => number) =>
    [...tiles.values()].reduce((all, counts) => all + value(counts), 0);
  const slowest = faults.map(({ allLiveAfterS }) => allLiveAfterS ?? Infinity).toSorted((a, b) => b - a)[0];
  return [
    `\n${((endedAtMs - startedAtMs) / 3_600_000).toFixed(2)} h, ${faults.length} faults, slowest until all live: ${slowest} s\n\n`,
    '| what | unit | first | last | slope per h | over h |\n|---|---|---|---|---|---|\n',
    row('control', 'MB', control, (sample) => sample.control.privateMb),
    row('control: descriptors', '', control, (sample) => sample.control.descriptors),
    row('media', 'MB', media, (sample) => sample.media.privateMb),
    row('media: descriptors', '', media, (sample) => sample.media.descriptors),
    row('ffmpeg', 'processes', media, ({ ffmpeg }) => ffmpeg.processes),
    row('store', 'MB', pages, (sample) => sample.storeMb),
    ...perWall,
    '\n| tile | live | live outside of faults | wrong camera | older than 4 s |\n|---|---|---|---|---|\n',
    ...[...tiles].map(
      ([name, { looks, live, calmLooks, calmLive, wrong, old }]) =>
        `| ${name} | ${percent(live, looks)} | ${percent(calmLive, calmLooks)} | ${wrong} | ${old} |\n`,
    ),
    `| all | ${percent(
      sum(({ live }) => live),
      sum(({ looks }) => looks),
    )} | ${percent(
      sum(({ calmLive }) => calmLive),
      sum(({ calmLooks }) => calmLooks),
    )} | ${sum(({ wrong }) => wrong)} | ${sum(({ old }) => old)} |\n`,
  ].join('');
}
