import type { Comparison } from './comparison.ts';
import type { LogIdentity } from './identity.ts';
import { giveOrder, orderDone, readOrder } from './orders.ts';
import type { CheckpointParts } from './ports.ts';
import { faultOfHead } from './signed-before.ts';
import type { Signing } from './signing.ts';
import type { Standing } from './standing.ts';

export interface FollowingParts extends Pick<CheckpointParts, 'dataDir' | 'log' | 'record' | 'tree'> {
  identity: LogIdentity;
  standing: Standing;
  comparison: Comparison;
  signing: Signing;
}

/** Does what an administrator of the machine has ordered with `npm run log`, where there is an order. */
export async function followOrder(parts: FollowingParts): Promise<void> {
  const { dataDir, tree, identity, standing, signing } = parts;
  const order = readOrder(dataDir);
  if (!order) return;
  // Killed between the key's being put in its place and the end of the order: it must not be changed a second time.
  if (order.key !== undefined && order.key === identity.key?.public) return orderDone(dataDir);
  if (order.do === 'change-key') await changeKey(parts);
  else await beginAnew(parts, order.why);
  const { key } = identity;
  if (standing.isHalted || !key) return;
  giveOrder(dataDir, { ...order, key: key.public });
  await signing.signNow(await tree.head());
  // A witness may have said no.
  if (standing.isHalted) return;
  identity.settle();
  orderDone(dataDir);
}

/** A log that is not signed any more gets no new key either, so that none can be got around by changing it. */
async function changeKey({ comparison, standing, identity }: FollowingParts): Promise<void> {
  await comparison.beforeChange();
  if (standing.isHalted) return;
  const fault = await identity.changeKey();
  if (fault !== null) standing.halt(fault);
}

async function beginAnew(parts: FollowingParts, why: string): Promise<void> {
  const { dataDir, log, record, tree, comparison, standing, identity, signing } = parts;
  const fault = await faultOfHead(tree, await tree.head());
  if (fault !== null) {
    // Of another database the same order would be another one.
    orderDone(dataDir);
    return standing.halt(
      `${fault} No log can begin anew with it. Put the newest copy back that is whole, and give the order again.`,
    );
  }
  const before = identity.origin;
  const lost = await comparison.largest();
  await identity.beginAnew(why, lost, await record.erasedNow());
  standing.beginAnew(before);
  signing.beginAnew();
  log.warn({ before, origin: identity.origin }, 'the log has begun anew, as was ordered');
}
