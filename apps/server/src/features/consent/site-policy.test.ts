import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SitePolicy } from '@clerestory/protocol';
import { openDatabase } from '../../platform/database.ts';
import { SitePolicyService } from './site-policy.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'clerestory-policy-'));
let store: ReturnType<typeof openDatabase>;
beforeAll(() => (store = openDatabase(dir)));
afterAll(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

test('C5 changes at the same time lose nothing, and nothing private is on for a moment after the kill switch', async () => {
  const record = { append: () => Promise.resolve() };
  const service = new SitePolicyService(store.db, record);
  const of = (grantMinutes: number): SitePolicy => ({ ...service.get(), preset: 'custom', grantMinutes });
  const on: boolean[] = [];
  service.onChange(() => on.push(!service.get().isPrivateOff));
  const changed = [
    service.set(of(17), 'person:ada'),
    service.switchPrivate(true, 'stop', 'person:sam'),
    service.set({ ...of(17), incidentHours: 3 }, 'person:ada'),
  ];
  expect(service.get().isPrivateOff).toBe(true);
  await Promise.all(changed);
  expect(on).not.toContain(true);
  const all = { grantMinutes: 17, incidentHours: 3, isPrivateOff: true, offReason: 'stop' };
  expect(service.get()).toMatchObject(all);
  // Switched on and off again at once: off, from the first word on.
  const off = [
    service.switchPrivate(false, 'go', 'person:ada'),
    service.switchPrivate(true, 'no', 'person:sam'),
  ];
  await Promise.all(off);
  expect(on).not.toContain(true);
  expect(service.get()).toMatchObject({ ...all, offReason: 'no' });
  const again = new SitePolicyService(store.db, record);
  await again.load();
  expect(again.get()).toEqual(service.get());
  // The control: switched on, it is.
  await service.switchPrivate(false, 'go', 'person:ada');
  expect(on.at(-1)).toBe(true);
});
