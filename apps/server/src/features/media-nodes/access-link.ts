import type { Socket } from 'socket.io';
import {
  nodeEvents,
  nodeQuestions,
  type AccessChange,
  type AccessTable,
  type ControlToNode,
  type GrantUsage,
  type MediaGrant,
  type NodeToControl,
  type ViewQuestion,
  type ViewVerdict,
} from '@clerestory/protocol';
import type { Logger } from '../../platform/logging.ts';

/** Who decides what a node may show. */
export interface AccessSource {
  table(): Omit<AccessTable, 'sequence'>;
  ask(question: ViewQuestion): Promise<ViewVerdict>;
  knows(key: string): boolean;
  usage(run: string, usages: readonly GrantUsage[]): void;
}

type Changes = Omit<AccessChange, 'sequence'>;
type NodeSocket = Socket<NodeToControl, ControlToNode>;

/** The part of the link that carries grants: the whole table first, then each change, numbered without a gap. */
export class AccessLink {
  readonly #source: AccessSource;
  readonly #log: Logger;
  /** Connected nodes, and the number of the last message each was sent. */
  readonly #nodes = new Map<NodeSocket, number>();
  #waiting: Changes | null = null;

  constructor(source: AccessSource, log: Logger) {
    this.#source = source;
    this.#log = log;
  }

  joined(socket: NodeSocket): void {
    const sendTable = () => {
      this.#nodes.set(socket, 1);
      socket.emit('node:access', { sequence: 1, ...this.#source.table() });
    };
    sendTable();
    socket.on('disconnect', () => this.#nodes.delete(socket));
    socket.on('node:access-wanted', sendTable);
    socket.on('node:usage', (payload: unknown) => {
      const parsed = nodeEvents['node:usage'].safeParse(payload);
      if (parsed.success) this.#source.usage(parsed.data.run, parsed.data.usages);
      else this.#log.warn({ fault: parsed.error.issues[0]?.message }, 'a usage report cannot be read');
    });
    socket.on('node:knows', (payload: unknown, ack: unknown) => {
      const parsed = nodeQuestions['node:knows'].payload.safeParse(payload);
      if (typeof ack === 'function') ack(parsed.success && this.#source.knows(parsed.data.key));
    });
    socket.on('node:ask', (payload: unknown, ack: unknown) => void this.#answer(payload, ack));
  }

  /**
   * What changes in one moment goes as one message, before anything else is done: of several, the connection would take
   * the first alone at once, and the rest of a revocation would wait for the next turn of a busy event loop.
   */
  changed({ grants = [], ended = [], gone = [] }: Partial<Changes>): void {
    if (!this.#waiting) queueMicrotask(() => this.#send());
    const waiting = (this.#waiting ??= { grants: [], ended: [], gone: [] });
    // A node ends first and gives then: what was given and ended again in this moment must not be given at all.
    const isOver = ({ id, key }: MediaGrant) =>
      ended.some(({ grant }) => grant === id) || gone.some((one) => one.key === key);
    waiting.grants = [...waiting.grants.filter((grant) => !isOver(grant)), ...grants];
    waiting.ended.push(...ended);
    waiting.gone.push(...gone);
  }

  #send(): void {
    const changes = this.#waiting;
    this.#waiting = null;
    if (!changes) return;
    for (const [socket, last] of this.#nodes) {
      this.#nodes.set(socket, last + 1);
      socket.emit('node:access-changed', { sequence: last + 1, ...changes });
    }
  }

  async #answer(payload: unknown, ack: unknown): Promise<void> {
    const parsed = nodeQuestions['node:ask'].payload.safeParse(payload);
    const verdict = parsed.success
      ? await this.#source.ask(parsed.data)
      : ({ ok: false, code: 'forbidden', reason: 'The question could not be read' } as const);
    if (typeof ack === 'function') (ack as (verdict: ViewVerdict) => void)(verdict);
  }
}
