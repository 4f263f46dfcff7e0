import { Notices } from '../../apps/server/src/features/notices/index.ts';
import { Owners } from '../../apps/server/src/features/owners/index.ts';
import { RecordService } from '../../apps/server/src/features/record/index.ts';
import { parseCameraNetworks } from '../../apps/server/src/platform/addresses/networks.ts';
import { systemClock, type Clock } from '../../apps/server/src/platform/clock.ts';
import { openDatabase } from '../../apps/server/src/platform/database.ts';
import { ClockSteps } from '../../apps/server/src/platform/clock-steps.ts';
import { createLogger } from '../../apps/server/src/platform/logging.ts';
import { thisMachine, type Machine } from '../../apps/server/src/platform/machine.ts';
import { Mail } from '../../apps/server/src/platform/mail.ts';
import { RateLimit } from '../../apps/server/src/platform/rate-limit.ts';

/** The outbox on a real store, with the mail server at `port`; `clock` may be turned. */
export async function openNoticeDesk(
  dir: string,
  port: number,
  clock: Clock | (Clock & Machine) = systemClock,
) {
  const { db, close } = openDatabase(dir);
  const record = new RecordService(db, clock);
  const log = createLogger('silent');
  const machine = 'boot' in clock ? clock : thisMachine;
  const steps = new ClockSteps({ db, clock, machine, log });
  const mail = new Mail({
    ...{ host: '127.0.0.1', port, security: 'none', user: null, password: null },
    from: 'wall@example.org',
  });
  const portalUrl = () => 'http://127.0.0.1:8080/portal/';
  const owners = new Owners({
    ...{ db, clock, log, record, letters: mail, folder: dir, portalUrl, print: null },
    isSecure: () => false,
    placeLimit: new RateLimit({ perSecond: 1, burst: 1 }, () => clock.monotonicMs()),
  });
  const notices = new Notices({
    ...{ db, clock, log, record, mail, portalUrl, steady: steps },
    owners: owners.registry,
    outside: { networks: parseCameraNetworks('public,loopback') },
    cameraExists: () => true,
    isFresh: () => true,
  });
  await steps.load();
  await record.load();
  await owners.load();
  await notices.load();
  return {
    ...{ db, owners, notices, record, steps },
    /** Enqueues what an owner is told of one access, in a transaction of its own. */
    tell: (owner: string, id: string, kind: 'access' | 'footage-request' = 'access', camera = 'gate') =>
      db.transaction().execute((write) =>
        notices.enqueue(write, {
          ...{ id, owner, kind, camera, cameraName: 'Gate' },
          detail: {
            role: 'operator',
            purpose: 'robbery',
            from: clock.nowMs(),
            until: clock.nowMs() + 60_000,
          },
        }),
      ),
    async close() {
      await notices.stop();
      await owners.stop();
      mail.close();
      await close();
    },
  };
}
