// node tools/kill-test/main.ts [kills] [seed]: the kill test of the suite, as long as one likes. Ctrl+C ends it after
// the kill that is on, with the report of those done; each fiftieth kill is told meanwhile.
import { runKills } from './run.ts';

const [kills = 100, seed = 1] = process.argv.slice(2).map(Number);
let ended = false;
process.once('SIGINT', () => (ended = true));
const report = await runKills({
  ...{ kills, seed, ended: () => ended },
  held: (so) =>
    so.kills % 50 === 0 &&
    process.stderr.write(`${so.kills} kills, ${so.acknowledged} acknowledged, nothing lost\n`),
});
const { faults, ...figures } = report;
process.stdout.write(
  `${JSON.stringify({ seed, ...figures, slowestStartMs: Math.round(figures.slowestStartMs) })}\n`,
);
for (const fault of faults) process.stdout.write(`${fault}\n`);
// Zero in N trials means a rate below 3/N at 95 %.
process.exitCode = faults.length === 0 && report.kills === kills ? 0 : 1;
