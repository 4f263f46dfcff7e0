/** What a camera was last said to be. */
export type CameraWord = { name: string; revision: number } | 'removed';

/** What clients were told, kept by themselves: it must all be true after the server was killed. */
export interface Journal {
  /** Idempotency key of an acknowledged wall command → the sequence that was acknowledged. */
  commits: Map<string, number>;
  /** The last acknowledged word on each camera. */
  cameras: Map<string, CameraWord>;
  /** The last acknowledged word on each person, group, rule, paired screen and session, by `kind:id`; null: it is gone. */
  words: Map<string, string | null>;
}

/** What the server holds after a restart. */
export interface Held {
  commits: readonly { key: string; sequence: number }[];
  cameras: readonly { id: string; name: string; revision: number }[];
  words: ReadonlyMap<string, string>;
}

/** Everything in which the journal and the store differ, in words; empty when all is as it was acknowledged. */
export function differences(journal: Journal, held: Held): string[] {
  const faults: string[] = [];
  const found = new Map<string, number[]>();
  held.commits.forEach(({ key, sequence }, at) => {
    if (sequence !== at + 1) faults.push(`commit ${at + 1} has the sequence ${sequence}`);
    found.set(key, [...(found.get(key) ?? []), sequence]);
  });
  for (const [key, sequences] of found)
    if (sequences.length > 1) faults.push(`${key} was committed ${sequences.length} times`);
  for (const [key, sequence] of journal.commits) {
    const first = found.get(key)?.[0];
    if (first === undefined) faults.push(`${key} was acknowledged and is lost`);
    else if (first !== sequence) faults.push(`${key} was acknowledged as ${sequence} and is ${first}`);
  }
  const cameras = new Map(held.cameras.map((camera) => [camera.id, camera]));
  for (const [id, told] of journal.cameras) {
    const camera = cameras.get(id);
    if (told === 'removed') {
      if (camera) faults.push(`camera ${id} was removed and is back`);
    } else if (!camera) faults.push(`camera ${id} was acknowledged and is lost`);
    else if (camera.revision !== told.revision || camera.name !== told.name)
      faults.push(`camera ${id} is "${camera.name}" ${camera.revision}, not "${told.name}" ${told.revision}`);
  }
  for (const [thing, told] of journal.words) {
    const found = held.words.get(thing);
    if (told === null) {
      if (found !== undefined) faults.push(`${thing} was taken away and is back`);
    } else if (found === undefined) faults.push(`${thing} was acknowledged and is lost`);
    else if (found !== told) faults.push(`${thing} is ${found}, not ${told}`);
  }
  return faults;
}
