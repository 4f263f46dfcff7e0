// Loaded before a server under test: its wall clock is off by as many ms as the file says, and follows it while it runs.
import { readFileSync } from 'node:fs';

const file = process.env['TURNED_CLOCK_FILE'] ?? '';
const RealDate = Date;
const lookMs = 20;
let offMs = 0;
let lookedMs = -Infinity;

function nowMs() {
  const monotonicMs = performance.now();
  if (monotonicMs - lookedMs >= lookMs) {
    lookedMs = monotonicMs;
    offMs = Number(readFileSync(file, 'utf8')) || 0;
  }
  return RealDate.now() + offMs;
}

globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length === 0 ? [nowMs()] : given));
  }
  static now() {
    return nowMs();
  }
};
