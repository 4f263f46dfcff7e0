import { afterEach, test } from 'vitest';
import { descendants, isRunning, startServerProcess } from '../../../../../tools/harness/server-process.ts';
import { until } from '../../testing/server.ts';

let stop: () => Promise<void> = () => Promise.resolve();
afterEach(() => stop());

test('a killed server leaves no media process behind, also not one that stands still and would never notice', async () => {
  const server = await startServerProcess();
  stop = server.stop;
  const children = await until(() => {
    const found = descendants(server.pid);
    return found.length > 0 && found;
  });
  for (const pid of children) process.kill(pid, 'SIGSTOP');
  await server.kill();
  try {
    await until(() => !children.some(isRunning));
  } finally {
    for (const pid of children.filter(isRunning)) process.kill(pid, 'SIGKILL');
  }
});
