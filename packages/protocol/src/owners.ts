import { z } from 'zod';
import { OwnerId } from './consent.ts';
import { DisplayName, textLine, UnixMs } from './ids.ts';
import { EmailAddress, Passkey } from './people.ts';

/** Languages of the pages and letters for owners. */
export const Language = z.enum(['en', 'es']);
export type Language = z.infer<typeof Language>;

/** As people write it; whoever calls reads it. */
export const PhoneNumber = textLine(40).refine(
  (text) => /^[+()\d\s./-]{5,40}$/.test(text),
  'give a phone number, such as +1 415 555 0100',
);

const contact = {
  name: DisplayName,
  email: EmailAddress,
  phone: PhoneNumber.nullable(),
  language: Language,
};

/** Somebody who lends cameras. How to reach them lies encrypted in the store. */
export const OwnerInput = z.strictObject({
  ...contact,
  phone: contact.phone.default(null),
  language: contact.language.default('en'),
});
export type OwnerInput = z.infer<typeof OwnerInput>;

/** For administrators. That an owner signs in, or reads, is not the agency's to know. */
export const Owner = z.object({
  id: OwnerId,
  ...contact,
  /** Signed up without being asked. */
  selfRegistered: z.boolean(),
  revision: z.int(),
  createdAt: UnixMs,
  updatedAt: UnixMs,
});
export type Owner = z.infer<typeof Owner>;

export const OwnerPatch = z.strictObject(contact).partial();
export type OwnerPatch = z.infer<typeof OwnerPatch>;

/** What an owner may change without asking: the address proves who signs in, so an administrator changes that. */
export const OwnerMePatch = z
  .strictObject({ name: contact.name, phone: contact.phone, language: contact.language })
  .partial();
export type OwnerMePatch = z.infer<typeof OwnerMePatch>;

export const OwnerMe = z.object({
  id: OwnerId,
  ...contact,
  passkeys: z.array(Passkey),
  /** Until when what widens an agreement may be done without signing in anew. */
  freshUntil: UnixMs,
  /** The agency entered this address: it gives nothing until then. */
  heldUntil: UnixMs.nullable(),
  session: z.object({ createdAt: UnixMs, expiresAt: UnixMs }),
});
export type OwnerMe = z.infer<typeof OwnerMe>;

/** How a sign-in link reaches an owner: by mail; in the terminal of a demo; not at all, as long as no mail is set up. */
export const LinkRoad = z.enum(['mail', 'terminal', 'none']);
export type LinkRoad = z.infer<typeof LinkRoad>;

export const OwnerWhoAmI = z.object({ me: OwnerMe.nullable(), road: LinkRoad });
export type OwnerWhoAmI = z.infer<typeof OwnerWhoAmI>;

/** What a one-time link is for; of an address that nobody has yet, a name is needed. */
export const OwnerLinkLook = z.object({
  kind: z.enum(['sign-in', 'sign-up', 'invitation', 'address-changed', 'leave']),
  email: z.string(),
  /** Of `leave`: names of the cameras that go out of the registry, and of those that stay with another owner. */
  leaving: z.object({ removed: z.array(z.string()), shared: z.array(z.string()) }).optional(),
});
export type OwnerLinkLook = z.infer<typeof OwnerLinkLook>;
