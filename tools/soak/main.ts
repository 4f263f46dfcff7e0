// Hours of running with a fault each few minutes: npx node tools/soak/main.ts --hours 2 --every 2
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { soak, type SoakReport } from './run.ts';
import { soakTable } from './table.ts';

const help = `npx node tools/soak/main.ts [options]
  --hours 2          how long
  --every 2          minutes from the end of one fault to the next
  --seed 1           of the order of the faults
  --tiles 9,4        of the left and the right screen: 1, 4, 9, 16, 25 or 36
  --picture 640x360  of the cameras
  --fps 15           of the cameras
  --kbps 500         of the cameras
  --json FILE        the report, kept up to date while it runs
  --table FILE       runs nothing: makes the tables of such a report
`;
const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '2' },
    every: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    tiles: { type: 'string', default: '9,4' },
    picture: { type: 'string', default: '640x360' },
    fps: { type: 'string', default: '15' },
    kbps: { type: 'string', default: '500' },
    json: { type: 'string' },
    table: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
function wrong(what: string): never {
  process.stderr.write(`${what}\n`);
  process.exit(1);
}
const number = (name: 'hours' | 'every' | 'seed' | 'fps' | 'kbps'): number => {
  const value = Number(values[name]);
  return Number.isFinite(value) && value > 0 ? value : wrong(`--${name}: give a number above 0`);
};
const two = (name: 'tiles' | 'picture', form: RegExp): [number, number] => {
  const [, one, other] = form.exec(values[name]) ?? wrong(`--${name}: give two numbers, as ${help}`);
  return [Number(one), Number(other)];
};

if (values.help) {
  process.stdout.write(help);
} else if (values.table !== undefined) {
  process.stdout.write(soakTable(JSON.parse(readFileSync(values.table, 'utf8')) as SoakReport));
} else {
  const [width, height] = two('picture', /^(\d+)x(\d+)$/);
  const report = await soak({
    hours: number('hours'),
    everyMinutes: number('every'),
    seed: number('seed'),
    tiles: two('tiles', /^(1|4|9|16|25|36),(1|4|9|16|25|36)$/),
    picture: { width, height, fps: number('fps'), kbps: number('kbps') },
    told: (line) => void process.stdout.write(`${new Date().toISOString()} ${line}\n`),
    soFar: keep,
  });
  keep(report);
  process.stdout.write(`\n${soakTable(report)}`);
  const told = Object.values(report.tiles);
  if (
    told.some(({ wrong, old }) => wrong + old > 0) ||
    report.faults.some((one) => one.allLiveAfterS === null)
  )
    process.exitCode = 1;
}

function keep(report: SoakReport): void {
  if (values.json === undefined) return;
  writeFileSync(`${values.json}.part`, JSON.stringify(report, null, 1));
  renameSync(`${values.json}.part`, values.json);
}
