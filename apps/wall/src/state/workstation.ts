import type { Workstation, Answer } from '@clerestory/protocol';
import { callRoute } from './call-route.ts';

const key = 'clerestory.workstation';

/** A name for this browser that only it has: the personal wall is remembered per person and place. */
function nameHere(): string {
  const made = `w-${crypto.getRandomValues(new Uint32Array(3)).join('-')}`;
  try {
    const known = localStorage.getItem(key);
    if (known !== null && /^w-[0-9-]{5,50}$/.test(known)) return known;
    localStorage.setItem(key, made);
  } catch {
    // Without a memory it is another workstation each time.
  }
  return made;
}

/** The wall that whoever is signed in has at this workstation. */
export const openWorkstation = (): Promise<Answer<Workstation>> =>
  callRoute('openWorkstation', { body: { workstation: nameHere() } });
