import type { CommandRun } from '@clerestory/protocol';
import { callRoute } from '../state/call-route.ts';

/** Commands that come together are told together. */
const togetherMs = 1_000;
/** Of more in that time the oldest are told at once. */
const most = 50;

let waiting: CommandRun[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

const tell = () => {
  clearTimeout(timer);
  timer = undefined;
  const ran = waiting;
  waiting = [];
  if (ran.length > 0) void callRoute('noteCommands', { body: { ran } });
};

/** Tells the record that a command reached beyond this window. What it changed is recorded by itself. */
export function noteRun(run: CommandRun): void {
  waiting.push(run);
  if (waiting.length >= most) return tell();
  timer ??= setTimeout(tell, togetherMs);
}
