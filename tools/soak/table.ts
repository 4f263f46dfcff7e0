import type { Sample, SoakReport, TileCount } from './run.ts';
import { slopePerHour } from './vitals.ts';

type Fault = SoakReport['faults'][number];

/** What a process needs at first is not growth, ms. */
const settledAfterMs = 10 * 60_000;

/** The samples of the longest life of a process, from when it had settled. */
function longestLife(samples: readonly Sample[], pid: (sample: Sample) => number): Sample[] {
  const lives = Map.groupBy(samples, pid);
  const longest = [...lives.values()].toSorted((a, b) => b.length - a.length)[0] ?? [];
  const settledMs = (longest[0]?.atMs ?? 0) + settledAfterMs;
  return longest.filter(({ atMs }) => atMs >= settledMs);
}

/** What a soak has shown, as Markdown. */
export function soakTable(report: SoakReport): string {
  const { startedAtMs, endedAtMs, samples, tiles, faults, browsersLost, tilesOf, picture, everyMinutes } =
    report;
  const control = longestLife(samples, (sample) => sample.control.pid);
  const media = longestLife(samples, (sample) => sample.media.pid);
  const pages = longestLife(samples, ({ walls }) =>
    walls.reduce((all, { browser }) => all * 2 ** 22 + browser.pid, 0),
  );
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
  const { width, height, fps, kbps } = picture;
  const slowest = (of: readonly Fault[]) =>
    of.some(({ allLiveAfterS }) => allLiveAfterS === null)
      ? 'not in time'
      : `${Math.max(0, ...of.map(({ allLiveAfterS }) => allLiveAfterS ?? 0))} s`;
  const byName = [...Map.groupBy(faults, ({ name }) => name)].toSorted(([a], [b]) => a.localeCompare(b));
  const sum = Object.values(tiles).reduce((all, one) => ({
    looks: all.looks + one.looks,
    live: all.live + one.live,
    calmLooks: all.calmLooks + one.calmLooks,
    calmLive: all.calmLive + one.calmLive,
    wrong: all.wrong + one.wrong,
    old: all.old + one.old,
  }));
  return [
    `${new Date(startedAtMs).toISOString().slice(0, 10)} · ${((endedAtMs - startedAtMs) / 3_600_000).toFixed(2)} h · ${tilesOf[0]} + ${tilesOf[1]} tiles, ${width}×${height}, ${fps} frames/s, ${kbps} kbit/s · `,
    `${faults.length} faults, the next ${everyMinutes} min after the one before, slowest until all tiles were live: ${slowest(faults)} · ${browsersLost.length} browsers lost\n\n`,
    '| what | unit | first | last | slope per h | over h |\n|---|---|---|---|---|---|\n',
    row('control', 'MB', control, (sample) => sample.control.privateMb),
    row('control: descriptors', '', control, (sample) => sample.control.descriptors),
    row('media', 'MB', media, (sample) => sample.media.privateMb),
    row('media: descriptors', '', media, (sample) => sample.media.descriptors),
    row('ffmpeg', 'processes', media, ({ ffmpeg }) => ffmpeg.processes),
    row('store', 'MB', pages, (sample) => sample.storeMb),
    ...perWall,
    '\n| fault | times | slowest until all live |\n|---|---|---|\n',
    ...byName.map(([name, of]) => `| ${name} | ${of.length} | ${slowest(of)} |\n`),
    '\n| tile | looks | live | live outside of faults | wrong camera | older than 4 s |\n|---|---|---|---|---|---|\n',
    ...Object.entries(tiles).map(([name, counts]) => tileRow(name, counts)),
    tileRow('all', sum),
  ].join('');
}

function tileRow(name: string, { looks, live, calmLooks, calmLive, wrong, old }: TileCount): string {
  const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(3)} %`;
  return `| ${name} | ${looks} | ${percent(live, looks)} | ${percent(calmLive, calmLooks)} | ${wrong} | ${old} |\n`;
}
