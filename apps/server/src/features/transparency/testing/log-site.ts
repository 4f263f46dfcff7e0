import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pino } from 'pino';
import { openCheckpoint, type VerifierKey } from '@clerestory/tlog';
import { witnessServer } from '../../../../../witness/src/server.ts';
import { SeenLogs } from '../../../../../witness/src/state.ts';
import { Witness } from '../../../../../witness/src/witness.ts';
import { openDatabase, type OpenDatabase } from '../../../platform/database.ts';
import { ed25519 } from '../../../platform/hashing.ts';
import type { WitnessAddress } from '../../../platform/witnesses.ts';
import { TurnedClock } from '../../../testing/clock.ts';
import { temporaryFolder } from '../../../testing/folder.ts';
import { RecordService } from '../../record/index.ts';
import { Checkpoints } from '../index.ts';

/** A real witness, over HTTP. */
export interface RunningWitness {
  address: WitnessAddress;
  server: Server;
  away(): Promise<void>;
  /** It starts again, with the keys that the log has now. */
  back(): Promise<void>;
}

/** A site that runs, without its doors: its store, its record and its checkpoints, in a folder of its own. */
export class LogSite {
  readonly #folder = temporaryFolder();
  readonly clock = new TurnedClock();
  /** What it wrote into its own log, as `level words`. */
  readonly lines: string[] = [];
  readonly #cleanups: (() => unknown)[] = [];
  #witnessKeys: VerifierKey[] = [];
  /** How long the witness folder is waited for, ms. */
  folderPatienceMs = 10_000;
  open!: OpenDatabase;
  record!: RecordService;
  checkpoints!: Checkpoints;

  get dir(): string {
    return this.#folder.dir;
  }
  file(name: string): string {
    return path.join(this.dir, name);
  }

  async start(witnesses: WitnessAddress[] = []): Promise<this> {
    const { clock } = this;
    const open = openDatabase(this.dir);
    const record = new RecordService(open.db, clock);
    await record.load();
    const checkpoints = new Checkpoints({
      ...{ db: open.db, clock, log: this.#log(), record, tree: record.log, witnesses },
      ...{ dataDir: this.dir, witnessFolder: this.file('witness') },
      folderPatienceMs: this.folderPatienceMs,
      newOrigin: () => 'wall.example.org/log',
    });
    try {
      await checkpoints.load();
    } catch (error) {
      await open.close();
      throw error;
    }
    Object.assign(this, { open, record, checkpoints });
    return this;
  }
  #log() {
    const write = (line: string) => {
      const { level, msg } = JSON.parse(line) as { level: string; msg: string };
      this.lines.push(`${level} ${msg}`);
    };
    return pino({ level: 'info', formatters: { level: (level) => ({ level }) } }, { write });
  }

  stop(): Promise<void> {
    return this.open.close();
  }
  async restart(witnesses?: WitnessAddress[]): Promise<void> {
    await this.stop();
    await this.start(witnesses);
  }
  /** For good, with its folder. */
  async remove(): Promise<void> {
    await this.stop();
    for (const cleanup of this.#cleanups) await cleanup();
    this.#folder.remove();
  }

  append(count: number): Promise<void> {
    return this.open.db.transaction().execute(async (write) => {
      for (let n = 0; n < count; n++)
        await this.record.append(write, {
          ...{ kind: 'view-started', actor: 'person:p', subject: 'camera:c', detail: { n } },
        });
    });
  }
  /** Keeps the database as it is, as a file of this name. The site is stopped then. */
  async copyAs(name: string): Promise<void> {
    await this.stop();
    copyFileSync(this.file('clerestory.db'), this.file(name));
  }
  /** Puts the database back as it was, as somebody with a backup does. The site has to be stopped. */
  putBack(name: string): void {
    copyFileSync(this.file(name), this.file('clerestory.db'));
    for (const rest of ['clerestory.db-wal', 'clerestory.db-shm']) rmSync(this.file(rest), { force: true });
  }

  get keys(): VerifierKey[] {
    return [...this.checkpoints.keys()];
  }
  get halted(): string | null {
    return this.checkpoints.status().halted;
  }
  published(): { size: number; signers: string[] } {
    const answer = this.checkpoints.published();
    if (!answer.ok) throw new Error(answer.problem.detail);
    const opened = openCheckpoint(ed25519, answer.value.note, {
      log: this.keys,
      witnesses: this.#witnessKeys,
    });
    if (!opened.ok) throw new Error(opened.fault);
    return {
      size: opened.value.checkpoint.size,
      signers: opened.value.signed.map(({ key }) => key.name),
    };
  }

  async startWitness(name = 'witness.example'): Promise<RunningWitness> {
    const { privateKey } = generateKeyPairSync('ed25519');
    const newWitness = () =>
      new Witness({
        ...{ name, secret: privateKey, logs: this.keys, seen: new SeenLogs(this.file(name)) },
        nowS: () => Math.floor(this.clock.nowMs() / 1_000),
      });
    const witness = newWitness();
    this.#witnessKeys = [...this.#witnessKeys, witness.key];
    let server = witnessServer(witness).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const away = async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    };
    this.#cleanups.push(() => server.listening && away());
    return {
      ...{ address: { url: `http://127.0.0.1:${port}/`, key: witness.key }, server, away },
      async back() {
        server = witnessServer(newWitness()).listen(port, '127.0.0.1');
        await once(server, 'listening');
      },
    };
  }
}
