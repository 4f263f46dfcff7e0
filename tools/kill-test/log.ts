// node tools/kill-test/log.ts [kills] [seed]: the kill test of the log, as long as one likes.
import { runLogKills } from './log-kills.ts';

const [kills = 12, seed = 1] = process.argv.slice(2).map(Number);
const { faults, journal, held: _, slowestStartMs, ...figures } = await runLogKills({ kills, seed });
const counts = { readings: journal.readings.size, views: journal.views.size };
process.stdout.write(
  `${JSON.stringify({ seed, ...figures, ...counts, slowestStartMs: Math.round(slowestStartMs) })}\n`,
);
for (const fault of faults) process.stdout.write(`${fault}\n`);
process.exitCode = faults.length === 0 && figures.kills === kills ? 0 : 1;
