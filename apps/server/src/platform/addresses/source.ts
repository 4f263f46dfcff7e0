import { problem, type Answer, type CameraSource } from '@clerestory/protocol';
import { cameraSchemes, checkAddress, type AddressRules, type CameraScheme } from './check.ts';

type SourceRules = Omit<AddressRules, 'schemes'>;

const everyScheme = Object.keys(cameraSchemes) as CameraScheme[];
/** Fields of a source that are never addresses, whatever they look like. */
const secrets = new Set(['username', 'password', 'kind']);

const addressesOf = (source: CameraSource): [field: string, address: string][] =>
  Object.entries(source).filter(
    (entry): entry is [string, string] =>
      typeof entry[1] === 'string' && !secrets.has(entry[0]) && entry[1].includes(':'),
  );

/**
 * Refuses a source with an address where no camera may be, naming the field. A name that has no address at the moment
 * passes: it is looked at again before each connection.
 */
export async function checkSource(source: CameraSource, rules: SourceRules): Promise<Answer<void>> {
  for (const [field, address] of addressesOf(source)) {
    const checked = await checkAddress(address, { ...rules, schemes: everyScheme });
    if (checked.ok || checked.unresolved) continue;
    return {
      ok: false,
      problem: problem('unprocessable', `That address cannot be used: ${checked.reason}.`, {
        errors: [{ pointer: `/source/${field}`, message: checked.reason }],
      }),
    };
  }
  return { ok: true, value: undefined };
}

/**
 * The source as it is connected to: each address resolved, judged and pinned. To be called right before each start.
 * The reason is in words and free of addresses.
 */
export async function pinSource<S extends CameraSource>(
  source: S,
  rules: SourceRules,
): Promise<{ ok: true; source: S } | { ok: false; reason: string }> {
  const pinned: Record<string, string> = {};
  for (const [field, address] of addressesOf(source)) {
    const checked = await checkAddress(address, { ...rules, schemes: everyScheme });
    if (!checked.ok) return { ok: false, reason: `The camera address cannot be used: ${checked.reason}` };
    pinned[field] = checked.pinnedUrl;
  }
  return { ok: true, source: { ...source, ...pinned } };
}
