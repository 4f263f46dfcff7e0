import type { Answer } from '@clerestory/protocol';
import { streamsIn } from '../../platform/addresses/source.ts';
import { unfitFor } from './entry-rules.ts';
import type { StoredCamera } from './store.ts';

type Owned = Pick<StoredCamera, 'id' | 'name' | 'source' | 'visibility' | 'owner'>;

/** Which cameras exist for whoever asks. */
export type Sees = (camera: string) => boolean;

const addressesOf = ({ source }: Pick<Owned, 'source'>): string[] =>
  source.kind === 'none' ? [] : streamsIn(source);

/** Which cameras take their pictures from which address, so that none is lent under one name and open under another. */
export class StreamIndex {
  readonly #byAddress = new Map<string, Map<string, Owned>>();

  put(camera: Owned): void {
    for (const address of addressesOf(camera)) {
      const there = this.#byAddress.get(address) ?? new Map<string, Owned>();
      this.#byAddress.set(address, there.set(camera.id, camera));
    }
  }

  drop(camera: Owned): void {
    for (const address of addressesOf(camera)) {
      const there = this.#byAddress.get(address);
      there?.delete(camera.id);
      if (there?.size === 0) this.#byAddress.delete(address);
    }
  }

  /** Other cameras with an address of this source. */
  sharing(source: Owned['source'], except: string | null): string[] {
    const found = addressesOf({ source }).flatMap((address) => [
      ...(this.#byAddress.get(address)?.keys() ?? []),
    ]);
    return [...new Set(found)].filter((id) => id !== except);
  }

  /**
   * Refuses a camera (`id` null: a new one) whose address is also that of a private camera of somebody else, and a private
   * one whose address is open under another name, however the address is spelt. Names the other one where it is seen.
   */
  unfit(camera: Omit<Owned, 'id' | 'name'> & { id: string | null }, sees: Sees): Answer<never> | null {
    const named = ({ id, name }: Owned) => (sees(id) ? ` "${name}"` : '');
    for (const address of addressesOf(camera))
      for (const other of this.#byAddress.get(address)?.values() ?? []) {
        if (other.id === camera.id) continue;
        if (other.visibility === 'private' && other.owner !== camera.owner)
          return unfitFor(
            '/source',
            `its address is that of a private camera${named(other)}, which opens only as its owner allows and cannot be registered a second time`,
          );
        if (other.visibility === 'public' && camera.visibility === 'private')
          return unfitFor(
            '/source',
            `its address is also that of the public camera${named(other)}; remove that one first, or it could be seen without its owner`,
          );
      }
    return null;
  }
}
