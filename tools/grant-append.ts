/**
 * What the record's append takes within a grant, in a log that is already long: `npx node tools/grant-append.ts [--entries
 * 1000000] [--grants 500]`. The log is filled as `whole-log.ts` fills it; then the real server, in this
 * process, is asked for grants to a private camera over HTTP, one after the other, and each append of `grant-given` is
 * timed from within the transaction that writes the grant (its commit is not in it).
 */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { RecordService } from '../apps/server/src/features/record/index.ts';
import { startGuardedApp } from '../apps/server/src/testing/access.ts';
import { addPrivateCamera } from '../apps/server/src/testing/private-camera.ts';
import { fill } from './harness/filled-log.ts';

const { values } = parseArgs({
  options: {
    entries: { type: 'string', default: '1000000' },
    grants: { type: 'string', default: '500' },
  },
});
const [entries, grants] = [Number(values.entries), Number(values.grants)];
const say = (words: string) => void process.stderr.write(`${words}\n`);
const ofHundred = (all: readonly number[], share: number) => {
  const at = Math.min(all.length - 1, Math.floor(all.length * share));
  return Number((all.toSorted((a, b) => a - b)[at] ?? Number.NaN).toFixed(2));
};

const appendMs: number[] = [];
const append = RecordService.prototype.append;
RecordService.prototype.append = async function (this: RecordService, write, note) {
  const startMs = performance.now();
  await append.call(this, write, note);
  if (note.kind === 'grant-given') appendMs.push(performance.now() - startMs);
};

const first = await startGuardedApp();
const { dir } = first;
try {
  const camera = `bench-${Date.now()}`;
  const source = { kind: 'rtsp', main: 'rtsp://127.0.0.1:9/main' };
  await addPrivateCamera(first, camera, source, { level: 'standing', purposes: ['fire'] });
  await first.personAs('operator', `op-${Date.now()}`);
  await first.app.close();
  await fill(dir, entries, say);
  const site = await startGuardedApp({}, dir);
  const operator = await site.personAs('operator', `op-${Date.now()}`);
  const asked = { cameras: [{ camera }], purpose: { kind: 'standing', purpose: 'fire' } };
  const wholeMs: number[] = [];
  // Not those with which the log was filled.
  appendMs.length = 0;
  for (let n = 0; n < grants; n++) {
    const startMs = performance.now();
    const { status, body } = await operator.call('POST', '/grants', asked);
    wholeMs.push(performance.now() - startMs);
    const [grant] = body.items[0].grants;
    if (status >= 400 || grant.state !== 'live') throw new Error(`no grant: ${JSON.stringify(body)}`);
    await operator.call('DELETE', `/grants/${grant.id}`);
  }
  await site.app.close();
  const figures = {
    ...{ entries, grants: appendMs.length },
    append: {
      p50Ms: ofHundred(appendMs, 0.5),
      p99Ms: ofHundred(appendMs, 0.99),
      mostMs: ofHundred(appendMs, 1),
    },
    grant: { p50Ms: ofHundred(wholeMs, 0.5), p99Ms: ofHundred(wholeMs, 0.99), mostMs: ofHundred(wholeMs, 1) },
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
} finally {
  rmSync(dir, { recursive: true, force: true });
}
