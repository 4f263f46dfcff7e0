import { startChromium } from '../e2e/support/chromium.ts';
import type { Design } from './design.ts';

/** What a measurement asks of a page. A page of Playwright can do it too. */
export interface BenchPage {
  goto(url: string): Promise<unknown>;
  /** Runs in every page from now on, before its own scripts. */
  addInitScript(script: () => void): Promise<unknown>;
  evaluate<R>(script: () => R | Promise<R>): Promise<R>;
  evaluate<R, A>(script: (argument: A) => R | Promise<R>, argument: A): Promise<R>;
  waitForFunction<A>(
    condition: (argument: A) => unknown,
    argument: A,
    options: { timeout: number; polling: number },
  ): Promise<unknown>;
  /** Of what is measured over a time, or has to come to rest before: nothing on the page says when. */
  waitForTimeout(ms: number): Promise<void>;
}

/** CSS pixels. */
export interface Size {
  width: number;
  height: number;
}

export interface PlainBrowser {
  /** Its first process; the others are below it. */
  pid: number;
  /** A page that the design lets in, of 1920×1080 unless `size` says otherwise. */
  open(design: Pick<Design, 'enter'>, size?: Size): Promise<BenchPage>;
  close(): Promise<void>;
}

interface Message {
  id?: number;
  result?: Record<string, unknown>;
  error?: { message: string };
}

type Send = (method: string, parameters?: object, sessionId?: string) => Promise<Record<string, unknown>>;

/** One connection to the browser's DevTools: commands and their answers, by the DevTools protocol. */
async function connect(endpoint: string): Promise<{ send: Send; close(): void }> {
  const socket = new WebSocket(endpoint);
  const waiting = new Map<
    number,
    { resolve: (result: Record<string, unknown>) => void; reject: (error: Error) => void }
  >();
  let last = 0;
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve, { once: true });
    socket.addEventListener('error', () => reject(new Error('Chromium cannot be reached')), { once: true });
  });
  socket.addEventListener('message', ({ data }) => {
    const { id = 0, result = {}, error } = JSON.parse(String(data)) as Message;
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error) asked?.reject(new Error(error.message));
    else asked?.resolve(result);
  });
  socket.addEventListener('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('Chromium has ended'));
    waiting.clear();
  });
  return {
    send: (method, params = {}, sessionId) =>
      new Promise((resolve, reject) => {
        const id = ++last;
        waiting.set(id, { resolve, reject });
        socket.send(JSON.stringify({ id, method, params, sessionId }));
      }),
    close: () => socket.close(),
  };
}

/**
 * A browser without an onlooker. Playwright has the browser tell it of each message of each WebSocket, contents and all:
 * with 16 tiles a megabyte a second, coded in the page's process and passed through the browser's own, and none of
 * that for what comes over HTTP. Here nothing is asked of a page but what a measurement asks.
 */
export async function startPlainBrowser(): Promise<PlainBrowser> {
  const chromium = await startChromium();
  const { send, close } = await connect(chromium.endpoint);
  return {
    pid: chromium.child.pid ?? 0,
    async open(design, size = { width: 1920, height: 1080 }) {
      await design.enter({
        addCookies: async (cookies) => void (await send('Storage.setCookies', { cookies })),
      });
      // A window of its own: of the tabs of one window the last alone is in sight.
      const { targetId } = await send('Target.createTarget', { url: 'about:blank', newWindow: true });
      const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
      return pageOf((method, parameters) => send(method, parameters, String(sessionId)), size);
    },
    async close() {
      await send('Browser.close').catch(() => undefined);
      close();
      await chromium.ended();
    },
  };
}

interface Evaluated {
  result?: { value?: unknown };
  exceptionDetails?: { text: string; exception?: { description?: string } };
}

async function pageOf(
  send: (method: string, parameters?: object) => Promise<unknown>,
  size: Size,
): Promise<BenchPage> {
  await send('Page.enable');
  await send('Emulation.setDeviceMetricsOverride', { ...size, deviceScaleFactor: 1, mobile: false });
  const evaluate = async (script: ((argument: never) => unknown) | string, argument?: unknown) => {
    const { result, exceptionDetails: fault } = (await send('Runtime.evaluate', {
      expression: `(${script.toString()})(${argument === undefined ? '' : JSON.stringify(argument)})`,
      ...{ awaitPromise: true, returnByValue: true },
    })) as Evaluated;
    if (fault) throw new Error(fault.exception?.description ?? fault.text);
    return result?.value;
  };
  const waitForTimeout = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  return {
    goto: async (url) => {
      const { errorText } = (await send('Page.navigate', { url })) as { errorText?: string };
      if (errorText) throw new Error(`${url}: ${errorText}`);
    },
    addInitScript: (script) =>
      send('Page.addScriptToEvaluateOnNewDocument', { source: `(${script.toString()})()` }),
    evaluate: evaluate as BenchPage['evaluate'],
    waitForFunction: (condition, argument, { timeout, polling }) =>
      evaluate(`async () => {
        const condition = ${condition.toString()};
        const endMs = performance.now() + ${timeout};
        while (!condition(${JSON.stringify(argument)})) {
          if (performance.now() > endMs) throw new Error('after ${timeout} ms this is still not so: ' + condition);
          await new Promise((resolve) => setTimeout(resolve, ${polling}));
        }
      }`),
    waitForTimeout,
  };
}
