import { randomInt } from 'node:crypto';
import type { PersonInput, Role } from '@clerestory/protocol';
import type { Database } from '../../platform/database.ts';
import { readSetting, writeSetting } from '../../platform/settings.ts';
import type { Passwords } from './passwords.ts';
import type { PeopleService } from './people-service.ts';

const settingName = 'demo-password';

const accounts: readonly { login: string; name: string; roles: Role[] }[] = [
  { login: 'operator', name: 'Olga, operator (demo)', roles: ['operator'] },
  { login: 'supervisor', name: 'Samir, supervisor (demo)', roles: ['supervisor'] },
  { login: 'investigator', name: 'Ines, investigator (demo)', roles: ['investigator'] },
  { login: 'auditor', name: 'Anna, auditor (demo)', roles: ['auditor'] },
  { login: 'administrator', name: 'Adam, administrator (demo)', roles: ['administrator'] },
];

/** Each store has a demo password of its own, so that no two installations share one: `demo-1234-5678-9012`. */
const newPassword = (): string =>
  ['demo', ...Array.from({ length: 3 }, () => String(randomInt(10_000)).padStart(4, '0'))].join('-');

/**
 * People of the demo city, one for each role. Their password is no secret: it is printed and shown on the sign-in page,
 * so it lies readable in the store, and they work only while this machine alone can reach the server.
 */
export async function seedDemoPeople(
  db: Database,
  people: PeopleService,
  passwords: Passwords,
): Promise<string> {
  let password = await readSetting(db, settingName);
  if (password === undefined) await writeSetting(db, settingName, (password = newPassword()));
  for (const { login, name, roles } of accounts) {
    if (people.byLogin(login)) continue;
    const input: PersonInput = { login, name, roles, email: null, groups: [] };
    await people.create(input, 'server', `seed-person-${login}`, {
      demo: true,
      password: await passwords.hash(password),
    });
  }
  return password;
}

const isLoopbackName = (host: string): boolean => host === 'localhost' || /^127(\.\d{1,3}){3}$/.test(host);

/** Whether this machine alone can reach the server: it listens on loopback, and no page origin of a proxy says otherwise. */
export const reachedOnlyFromHere = (host: string, origins: readonly string[]): boolean =>
  isLoopbackName(host) && origins.every((origin) => isLoopbackName(new URL(origin).hostname));
