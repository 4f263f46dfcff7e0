import type { Right, RuleParty } from '@clerestory/protocol';

/** What a right lets do, after "the right to". */
export const rightWords: Record<Right, string> = {
  see: 'know of it',
  live: 'watch live',
  replay: 'watch what was',
  ptz: 'move it',
  arrange: 'put it on tiles',
  export: 'take pictures out',
};
export const partyWords: Record<RuleParty['kind'], string> = {
  role: 'role',
  person: 'person',
  people: 'group of people',
  screen: 'screen',
  wall: 'wall',
};
