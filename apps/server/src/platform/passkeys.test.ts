import { expect, test } from 'vitest';
import { TurnedClock } from '../testing/clock.ts';
import { PasskeyCeremony } from './passkeys.ts';

test('a thousand sign-ins that strangers begin take nobody the passkey that they are registering', async () => {
  const origin = 'http://localhost:4000';
  const ceremony = new PasskeyCeremony(new TurnedClock());
  const begun = await ceremony.begin('olga', { login: 'olga', name: 'Olga', have: [] }, origin);
  if (!begun.ok) throw new Error('not begun');
  for (let n = 0; n < 1_001; n++) await ceremony.signInOptions(origin, `address:198.51.100.${n % 200}`);
  const proof = { ticket: begun.value.ticket, response: {} };
  // Known still: what is wrong now is the proof. A second time it is used up.
  expect(await ceremony.prove('olga', proof, origin)).toMatchObject({ problem: { code: 'unprocessable' } });
  expect(await ceremony.prove('olga', proof, origin)).toMatchObject({ problem: { code: 'gone' } });
});
