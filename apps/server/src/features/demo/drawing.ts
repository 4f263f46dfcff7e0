import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { city, sceneFiles } from '@clerestory/demo-city';
import type { Logger } from '../../platform/logging.ts';

const cli = fileURLToPath(import.meta.resolve('@clerestory/demo-city/render-cli'));

/** After a failure (a full disk, say) it is tried again this much later, ms. */
const defaultAgainAfterMs = 60_000;

/**
 * Draws the scenes that are not on disk yet, in a process of its own so that nothing waits for it. Cameras whose
 * scene is not drawn yet say so in their health, and come up by themselves.
 */
export class SceneDrawing {
  readonly #dir: string;
  readonly #ffmpegPath: string;
  readonly #log: Logger;
  #child: ChildProcess | null = null;
  #timer: NodeJS.Timeout | null = null;
  readonly #againAfterMs: number;
  #stopping = false;
  #waitsForFfmpeg = false;
  #diskIsFull = false;

  constructor(dir: string, ffmpegPath: string, log: Logger, againAfterMs: number = defaultAgainAfterMs) {
    this.#againAfterMs = againAfterMs;
    this.#dir = dir;
    this.#ffmpegPath = ffmpegPath;
    this.#log = log;
  }

  /** Scenes of the city whose files are missing. */
  missing(): string[] {
    return [...new Set(city().cameras.map(({ scene }) => scene))].filter((scene) => {
      const files = sceneFiles(this.#dir, scene);
      return !existsSync(files.main) || !existsSync(files.sub);
    });
  }

  start(): void {
    const scenes = this.missing();
    if (scenes.length === 0) return;
    if (spawnSync(this.#ffmpegPath, ['-version'], { stdio: 'ignore' }).error) return this.#awaitFfmpeg();
    this.#waitsForFfmpeg = false;
    this.#log.info(
      { scenes: scenes.length },
      'drawing the demo city once; its cameras come up one after the other',
    );
    const child = spawn(process.execPath, [cli, this.#dir, ...scenes, '--ffmpeg', this.#ffmpegPath], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stdin.on('error', () => undefined);
    let lastWords = '';
    createInterface({ input: child.stderr }).on('line', (line) => (lastWords = line.slice(0, 300)));
    createInterface({ input: child.stdout }).on('line', (line) => this.#report(line));
    child.once('error', (error) => this.#log.error({ err: error }, 'the demo city could not be drawn'));
    child.once('close', (code, signal) => {
      this.#child = null;
      if (this.#stopping) return;
      if (code === 0) return this.#log.info('the demo city is drawn');
      if (!this.#diskIsFull)
        this.#log.error(
          { code, signal, lastWords },
          'the demo city is not drawn to the end; it is tried again',
        );
      this.#tryLater();
    });
  }

  /** Said once; it is drawn as soon as there is one, without a new start. */
  #awaitFfmpeg(): void {
    if (!this.#waitsForFfmpeg) this.#log.warn('the demo city waits for ffmpeg to be drawn');
    this.#waitsForFfmpeg = true;
    this.#tryLater();
  }

  #tryLater(): void {
    this.#timer = setTimeout(() => this.start(), this.#againAfterMs);
    this.#timer.unref();
  }

  /** One line of the drawing process: a scene that is done, or what went wrong with it. */
  #report(line: string): void {
    let said: { scene?: string; error?: string; done?: number; of?: number };
    try {
      said = JSON.parse(line) as typeof said;
    } catch {
      return;
    }
    const { scene, error, done, of } = said;
    if (error !== undefined && /No space left|ENOSPC/.test(error)) {
      // Said once; the other scenes would fail as well.
      if (!this.#diskIsFull)
        this.#log.error('the disk is full: free some space, and the demo city is drawn to the end by itself');
      this.#diskIsFull = true;
      this.#child?.kill('SIGTERM');
    } else if (error !== undefined)
      this.#log.error({ scene, error: error.slice(0, 300) }, 'a demo scene could not be drawn');
    else {
      this.#diskIsFull = false;
      this.#log.info({ scene, done, of }, 'a demo scene was drawn');
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearTimeout(this.#timer);
    const child = this.#child;
    if (!child) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGTERM');
    await ended;
  }
}
