import { maxSaidChars } from './redact.ts';

/** The end of a text, whole lines only: half an address would not be recognised as one and slip through. */
function lastLines(text: string): string {
  if (text.length <= maxSaidChars) return text;
  const end = text.slice(-maxSaidChars);
  return end.slice(end.indexOf('\n') + 1 || end.length);
}

/** A line that is no fault, where lines are named by their level; and that name in the others. */
const information = /^[^\n]*\[info\] [^\n]*\n?/gm;
const level = /\[(?:warning|error|fatal|panic)\] /g;

/** What an ffmpeg says on stderr: heard line by line, and its faults kept. */
export class FfmpegWords {
  readonly #hear: (lines: string) => void;
  #kept = '';
  #begun = '';

  constructor(hear: (lines: string) => void) {
    this.#hear = hear;
  }

  push(text: string): void {
    this.#begun += text;
    // A line without an end is none.
    const length = this.#begun.length > maxSaidChars ? this.#begun.length : this.#begun.lastIndexOf('\n') + 1;
    this.#take(this.#begun.slice(0, length));
    this.#begun = this.#begun.slice(length);
  }

  /** All that was said and is no mere information: the last few kilobytes of it. */
  end(): string {
    this.#take(this.#begun);
    this.#begun = '';
    return this.#kept;
  }

  #take(lines: string): void {
    if (lines === '') return;
    this.#hear(lines);
    this.#kept = lastLines(this.#kept + lines.replace(information, '').replace(level, ''));
  }
}
