// What a run of the suite has shown, as the table of docs/ref/assurance.md.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const head = `# Assurance

Made by \`ASSURANCE_FILE=docs/ref/assurance.md npm test\`, from what the tests themselves noted in that run; it is not written by hand. A full run fails when a row of this table
has no test any more. Zero failures in N tries means a rate below 3/N, at 95 % (rule of three); it never means "cannot happen".
`;

/** Claims noted in `folder`, those of one row and claim taken together. */
export function claimsIn(folder) {
  const claims = new Map();
  for (const name of readdirSync(folder).filter((one) => one.endsWith('.jsonl')))
    for (const line of readFileSync(path.join(folder, name), 'utf8').split('\n').filter(Boolean)) {
      const { row, claim, trials, whole, control } = JSON.parse(line);
      const known = claims.get(`${row} ${claim}`);
      claims.set(`${row} ${claim}`, { row, claim, control, whole, trials: (known?.trials ?? 0) + trials });
    }
  return [...claims.values()].sort((a, b) => `${a.row} ${a.claim}`.localeCompare(`${b.row} ${b.claim}`));
}

const rate = ({ trials, whole }) => {
  if (whole) return 'every case there is';
  return trials < 30 ? 'too few to say' : `< ${(300 / trials).toPrecision(2)} %`;
};

/** The page, as Markdown. */
export function pageOf(claims, date) {
  const rows = claims.map(
    (one) =>
      `| ${one.row} | ${one.claim} | ${one.trials.toLocaleString('en')} | ${rate(one)} | ${one.control} |`,
  );
  return `${head}\nRun of ${date}.\n\n| row | claim | tries, none failed | rate at 95 % | what turns it red |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

/** Rows that the page has and the claims lack. */
export function missingFrom(claims, page) {
  const shown = new Set([...page.matchAll(/^\| ([A-H]\d+) /gm)].map(([, row]) => row));
  for (const { row } of claims) shown.delete(row);
  return [...shown];
}
