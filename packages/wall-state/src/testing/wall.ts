import type { Command, Commit, WallState } from '@clerestory/protocol';
import { apply, changesBetween, decide, screenOf, type DecideContext, type Step } from '../index.ts';
import { commitOf, context, room } from './stage.ts';

/** A wall with the memory of its writer: one person's steps, and what each commit changed. */
export class Wall {
  state: WallState = room;
  readonly steps: Step[] = [];
  readonly done = new Map<string, Step[]>();
  readonly undone = new Map<string, Step[]>();

  ask(command: Command, by = 'ada', more: Partial<DecideContext> = {}) {
    const steps = {
      undo: this.done.get(by)?.at(-1) ?? null,
      redo: this.undone.get(by)?.at(-1) ?? null,
      applied: this.steps,
    };
    const decision = decide(
      this.state,
      { base: this.state.sequence, command },
      { ...context, by, steps, ...more },
    );
    if (!decision.ok) return decision.problem;
    if (decision.events.length === 0) return decision;
    const before = this.state;
    const commit: Commit = { ...commitOf(before, decision.events, by) };
    this.state = apply(before, commit);
    const step = { sequence: commit.sequence, changes: changesBetween(before, this.state) };
    this.steps.push(step);
    const [done, undone] = [this.done.get(by) ?? [], this.undone.get(by) ?? []];
    if (command.type === 'step:undo') undone.push(...done.splice(-1));
    else if (command.type === 'step:redo') done.push(...undone.splice(-1));
    else {
      done.push(step);
      undone.length = 0;
    }
    this.done.set(by, done);
    this.undone.set(by, undone);
    return decision;
  }

  camera(screen: string, tile: number): string | null {
    return screenOf(this.state, screen)?.tiles[String(tile)]?.camera ?? null;
  }

  /** What people arrange, without when it changed. */
  get arranged(): unknown {
    return this.state.screens.map(({ id, layout, tiles, tour }) => ({ id, layout, tiles, tour }));
  }

  get applied(): string[] {
    return (this.state.applied ?? []).map(({ name }) => name);
  }

  get last(): number {
    return this.state.applied?.at(-1)?.sequence ?? 0;
  }
}
