import type { Answer } from '@clerestory/protocol';
import { streamsIn } from '../../platform/addresses/source.ts';
import { unfitFor } from './entry-rules.ts';
import type { StoredCamera } from './store.ts';

type Owned = Pick<StoredCamera, 'id' | 'name' | 'source' | 'visibility' | 'owner'>;

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

  /**
   * Refuses a camera (`id` null: a new one) whose address is also that of a private camera of somebody else, and a private
   * one whose address is open under another name. The same camera at an address that is spelt otherwise is not known.
   */
  unfit(camera: Omit<Owned, 'id' | 'name'> & { id: string | null }): Answer<never> | null {
    for (const address of addressesOf(camera))
      for (const other of this.#byAddress.get(address)?.values() ?? []) {
        if (other.id === camera.id) continue;
        if (other.visibility === 'private' && other.owner !== camera.owner)
          return unfitFor(
            '/source',
            'its address is that of a private camera, which opens only as its owner allows and cannot be registered a second time',
          );
        if (other.visibility === 'public' && camera.visibility === 'private')
          return unfitFor(
            '/source',
            `its address is also that of the public camera "${other.name}"; remove that one first, or it could be seen without its owner`,
          );
      }
    return null;
  }
}
