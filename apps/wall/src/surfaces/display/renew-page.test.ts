import { expect, test, vi } from 'vitest';
import { reloadEveryMs, renewWhenBlocked } from './renew-page.ts';

function start() {
  const kept = new Map<string, string>();
  const reload = vi.fn();
  const at = { nowMs: 1_000_000 };
  const page = new EventTarget();
  const renewal = {
    page,
    storage: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    },
    reload,
    nowMs: () => at.nowMs,
  };
  const stop = renewWhenBlocked(() => 'http://10.0.0.5:8082', renewal);
  const block = (effectiveDirective: string, blockedURI: string) =>
    page.dispatchEvent(
      Object.assign(new Event('securitypolicyviolation'), { effectiveDirective, blockedURI }),
    );
  return { reload, at, block, stop };
}
const push = 'ws://10.0.0.5:8082/push';

test.each([
  ['an image', 'img-src', push],
  ['another address', 'connect-src', 'http://10.0.0.5:9999/x'],
  ['what is no address', 'connect-src', 'inline'],
])('%s that is blocked renews nothing', (_what, directive, uri) => {
  const { reload, block } = start();
  block(directive, uri);
  expect(reload).not.toHaveBeenCalled();
});

test('the media node’s address blocked: a new page, but once in a minute', () => {
  const { reload, at, block } = start();
  block('connect-src', push);
  block('connect-src', 'http://10.0.0.5:8082/live/a/main/poster.jpg');
  at.nowMs += reloadEveryMs - 1;
  block('connect-src', push);
  expect(reload).toHaveBeenCalledTimes(1);
  at.nowMs += 1;
  block('connect-src', push);
  expect(reload).toHaveBeenCalledTimes(2);
});

test('a clock that was set back does not forbid it', () => {
  const { reload, at, block } = start();
  block('connect-src', push);
  at.nowMs -= 3_600_000;
  block('connect-src', push);
  expect(reload).toHaveBeenCalledTimes(2);
});

test('ended, it does nothing', () => {
  const { reload, block, stop } = start();
  stop();
  block('connect-src', push);
  expect(reload).not.toHaveBeenCalled();
});
