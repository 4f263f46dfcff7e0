import type { CameraSource, MediaCamera } from '@clerestory/protocol';
import { systemResolve, type Resolve } from '../../platform/addresses/check.ts';
import { devicesOf } from '../../platform/addresses/source.ts';

/** Names that are looked up at the same time. */
const lookups = 8;

/** Where a source's pictures come from: IP addresses, and `scene …` or `port …` where it has none. */
async function placesOf(source: CameraSource, resolve: Resolve): Promise<string[]> {
  const own = source.kind === 'demo' ? [`scene ${source.scene}`] : [];
  if (source.kind === 'push') own.push(`port ${source.port}`);
  return [...own, ...(await devicesOf(source, resolve))];
}

/** Place → a camera that is registered there. */
export async function registeredDevices(
  cameras: readonly MediaCamera[],
  resolve: Resolve = systemResolve,
): Promise<Map<string, string>> {
  // A name stands in many addresses of one device.
  const asked = new Map<string, ReturnType<Resolve>>();
  const once: Resolve = (name) => {
    const found = asked.get(name) ?? resolve(name);
    asked.set(name, found);
    return found;
  };
  const devices = new Map<string, string>();
  for (let at = 0; at < cameras.length; at += lookups) {
    const some = cameras.slice(at, at + lookups);
    const places = await Promise.all(some.map(({ source }) => placesOf(source, once)));
    for (const [n, { id }] of some.entries()) for (const place of places[n] ?? []) devices.set(place, id);
  }
  return devices;
}

/** A registered camera from whose device a source takes its pictures, or null. */
export async function whoseIs(
  source: CameraSource,
  devices: ReadonlyMap<string, string>,
  resolve: Resolve = systemResolve,
): Promise<string | null> {
  const places = await placesOf(source, resolve);
  return places.map((place) => devices.get(place)).find((id) => id !== undefined) ?? null;
}
