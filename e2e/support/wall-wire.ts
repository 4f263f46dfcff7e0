import type { Page, WebSocket } from '@playwright/test';

/** What one control connection of a page was told of the wall, in order. */
interface Told {
  /** Sequence of each whole wall that came. */
  snapshots: number[];
  /** Sequence of each commit that came after the last whole wall. */
  commits: number[];
}

/** Listens on a page's control connections: which commits came, and what the page says it has applied. */
export class WallWire {
  readonly connections: Told[] = [];
  /** `sequence` of each report of the page. */
  readonly applied: number[] = [];

  /** Call before the page is opened. */
  constructor(page: Page) {
    page.on('websocket', (socket) => {
      if (socket.url().includes('/socket.io/')) this.#listen(socket);
    });
  }

  #listen(socket: WebSocket): void {
    const told: Told = { snapshots: [], commits: [] };
    this.connections.push(told);
    socket.on('framereceived', ({ payload }) => {
      for (const message of messagesIn(payload)) {
        const commit = message[0] === 'wall:committed' && (message[1] as { sequence: number });
        if (commit) told.commits.push(commit.sequence);
        const answer = message[0] as {
          value?: { wall?: { sequence: number }; commits?: { sequence: number }[] };
        };
        if (answer.value?.wall) {
          told.snapshots.push(answer.value.wall.sequence);
          told.commits = told.commits.filter((sequence) => sequence > (answer.value?.wall?.sequence ?? 0));
        }
        told.commits.push(...(answer.value?.commits ?? []).map(({ sequence }) => sequence));
      }
    });
    socket.on('framesent', ({ payload }) => {
      for (const message of messagesIn(payload))
        if (message[0] === 'screen:report') this.applied.push((message[1] as { sequence: number }).sequence);
    });
  }

  /** Faults in what was told: commits that came twice, or were left out, on any connection; or steps back. */
  faults(): string[] {
    const gaps = this.connections.flatMap(({ snapshots, commits }, index) => {
      let last = snapshots.at(-1) ?? (commits[0] ?? 1) - 1;
      return commits.flatMap((sequence) => {
        const fault = sequence === last + 1 ? [] : [`connection ${index}: ${sequence} came after ${last}`];
        last = sequence;
        return fault;
      });
    });
    const back = this.applied.flatMap((sequence, index) => {
      const before = this.applied[index - 1] ?? 0;
      return sequence < before ? [`the page went back from ${before} to ${sequence}`] : [];
    });
    return [...gaps, ...back];
  }
}

/** Events (`42["name",…]`) and answers (`43…[…]`) of Socket.IO in one Engine.IO text frame. */
function messagesIn(payload: string | Buffer): unknown[][] {
  const parts = /^4[23]\d*(\[[^]*)$/.exec(payload.toString());
  return parts?.[1] ? [JSON.parse(parts[1]) as unknown[]] : [];
}
