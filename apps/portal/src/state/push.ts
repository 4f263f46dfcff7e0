import { problem, type Answer } from '@clerestory/protocol/portal';
import { call } from './call.ts';

const storageKey = 'clerestory-push';
const worker = '/portal/push-worker.js';
const scope = '/portal/';

/** This browser can show what is pushed to it. */
export const canPush = (): boolean =>
  'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;

/** Id of the address by which this device is told; null: it is not, or nobody remembers. */
export function ownPush(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}
function remember(id: string | null): void {
  try {
    if (id === null) localStorage.removeItem(storageKey);
    else localStorage.setItem(storageKey, id);
  } catch {
    // A browser may forbid it; the list of devices still has it.
  }
}

const notAllowed = { ok: false, problem: problem('unprocessable', 'not allowed') } as const;

/**
 * Asks the person, then has notices pushed to this device.
 * @returns `unprocessable` where the browser or the person did not allow it
 */
export async function tellThisDevice(pushKey: string): Promise<Answer<{ id: string }>> {
  try {
    if ((await Notification.requestPermission()) !== 'granted') return notAllowed;
    const registration = await navigator.serviceWorker.register(worker, { scope });
    await navigator.serviceWorker.ready;
    const subscription = await registration.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: pushKey,
    });
    const { endpoint, expirationTime, keys } = subscription.toJSON();
    const body = {
      endpoint: endpoint ?? '',
      expirationTime: expirationTime ?? null,
      keys: { p256dh: keys?.['p256dh'] ?? '', auth: keys?.['auth'] ?? '' },
    };
    const added = await call('ownerAddPush', { body });
    if (added.ok) remember(added.value.id);
    else await subscription.unsubscribe();
    return added;
  } catch {
    return notAllowed;
  }
}

/** Pushes nothing more to a device; where it is this one, the browser forgets it too. */
export async function stopPush(id: string): Promise<Answer<void>> {
  const answer = await call('ownerRemovePush', { params: { push: id } });
  if (id !== ownPush() || !answer.ok) return answer;
  remember(null);
  const registration = await navigator.serviceWorker?.getRegistration(scope).catch(() => undefined);
  const subscription = await registration?.pushManager.getSubscription().catch(() => null);
  await subscription?.unsubscribe().catch(() => false);
  return answer;
}
