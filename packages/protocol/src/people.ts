import { z } from 'zod';
import { DisplayName, Id, UnixMs } from './ids.ts';

/**
 * What a person may do at all; where, is for camera groups to say. An administrator cannot watch by that right, and an
 * auditor changes nothing, so each of the two stands alone.
 */
export const Role = z.enum(['operator', 'supervisor', 'investigator', 'auditor', 'administrator']);
export type Role = z.infer<typeof Role>;

/** Roles as one person holds them. */
export const Roles = z
  .array(Role)
  .max(5)
  .refine((roles) => new Set(roles).size === roles.length, 'each role once')
  .refine(
    (roles) => roles.length < 2 || !(roles.includes('administrator') || roles.includes('auditor')),
    'administrator and auditor each stand alone: who administers cannot watch by that right, and who audits changes nothing',
  );

export const PersonId = Id;
/** What one types to sign in; case does not matter. 2 to 64 of a-z, 0-9 and . _ @ - */
export const LoginName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9._@-]{1,63}$/, '2 to 64 of a-z, 0-9 and . _ @ -, starting with a letter or digit');
export const EmailAddress = z.email('give an address such as name@example.org').max(254).toLowerCase();
/** As typed; whether it is good enough to be chosen is for `password rules` of the server. */
export const PasswordInput = z.string().min(1, 'a password is needed').max(256, 'at most 256 characters');
/** For the quick switch at one workstation. */
export const Pin = z.string().regex(/^\d{6,12}$/, '6 to 12 digits');
/** A secret of ours: 256 random bits, base64url. */
export const SecretToken = z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'not one of our tokens');
const GroupIds = z.array(Id).max(50, 'at most 50 groups');

export const Person = z.object({
  id: PersonId,
  login: LoginName,
  name: DisplayName,
  email: EmailAddress.nullable(),
  roles: Roles,
  groups: GroupIds,
  disabled: z.boolean(),
  /** Belongs to the demo city: works only while the server listens on this machine alone. */
  demo: z.boolean(),
  /** Can sign in with a password. */
  hasPassword: z.boolean(),
  revision: z.int(),
  createdAt: UnixMs,
  updatedAt: UnixMs,
});
export type Roles = z.infer<typeof Roles>;
export type Person = z.infer<typeof Person>;

export const PersonInput = z.strictObject({
  login: LoginName,
  name: DisplayName,
  email: EmailAddress.nullable().default(null),
  roles: Roles.default([]),
  groups: GroupIds.default([]),
});
export type PersonInput = z.infer<typeof PersonInput>;

export const PersonPatch = z.strictObject({
  name: DisplayName.optional(),
  email: EmailAddress.nullable().optional(),
  roles: Roles.optional(),
  groups: GroupIds.optional(),
  disabled: z.boolean().optional(),
});
export type PersonPatch = z.infer<typeof PersonPatch>;

/** A link that works once. The token stands behind the `#`, so that it reaches no server log. */
export const OneTimeLink = z.object({ url: z.string(), expiresAt: UnixMs });
export type OneTimeLink = z.infer<typeof OneTimeLink>;

/** How a session came about: `switch` is the quick one, by PIN at a known workstation. */
export const SignInMethod = z.enum(['password', 'passkey', 'provider', 'switch', 'set-up']);
export type SignInMethod = z.infer<typeof SignInMethod>;

export const SessionView = z.object({
  id: Id,
  method: SignInMethod,
  /** What may act is locked until a PIN, password or passkey is given. */
  locked: z.boolean(),
  /** Whether it is the one that asks. */
  current: z.boolean(),
  createdAt: UnixMs,
  activeAt: UnixMs,
  expiresAt: UnixMs,
  address: z.string(),
  agent: z.string(),
});
export type SessionView = z.infer<typeof SessionView>;

/** Somebody in a list to choose from. */
export const PersonName = z.object({ id: PersonId, login: LoginName, name: DisplayName });
export type PersonName = z.infer<typeof PersonName>;

export const Me = PersonName.extend({
  /** What the roles allow now: none while a second factor is still to be set up. */
  roles: Roles,
  groups: GroupIds,
  demo: z.boolean(),
  session: SessionView,
  /** The site asks for a second factor, and there is none yet. */
  mustEnrol: z.boolean(),
  /** The site asks for a second factor, and a passkey is the only one: a password confirms and unlocks nothing. */
  mustUsePasskey: z.boolean(),
  /** A PIN is set at this workstation. */
  pinHere: z.boolean(),
});
export type Me = z.infer<typeof Me>;

/** Everything a page needs to know before anybody signs in, and who did. */
export const WhoAmI = z.object({
  me: Me.nullable(),
  /** Nobody administers yet: use the link that the server printed when it started. */
  setUpNeeded: z.boolean(),
  providers: z.array(z.object({ id: Id, name: DisplayName })),
  /** People with a PIN at this workstation, who can switch in two seconds now. */
  switchable: z.array(PersonName),
  /** Only for the demo city, and only on the machine itself. */
  demo: z.object({ password: z.string(), people: z.array(PersonName.extend({ roles: Roles })) }).nullable(),
});
export type WhoAmI = z.infer<typeof WhoAmI>;

export const SignInResult = z.discriminatedUnion('state', [
  z.object({ state: z.literal('signed-in'), me: Me }),
  /** The password was right: now the code of the app, or a recovery code, within five minutes. */
  z.object({ state: z.literal('second-step'), ticket: SecretToken }),
  /** The password was right, and the site's second factor of this person is a passkey: sign in with that. */
  z.object({ state: z.literal('passkey-step') }),
]);
export type SignInResult = z.infer<typeof SignInResult>;

/** What the browser's passkey functions take and give, as WebAuthn level 3 defines its JSON; checked by the server's library. */
export const PasskeyJson = z.record(z.string(), z.unknown());
export const PasskeyOptions = z.object({ ticket: SecretToken, options: PasskeyJson });
export const PasskeyProof = z.strictObject({ ticket: SecretToken, response: PasskeyJson });
export type PasskeyProof = z.infer<typeof PasskeyProof>;

export const Passkey = z.object({
  id: Id,
  name: DisplayName,
  createdAt: UnixMs,
  lastUsedAt: UnixMs.nullable(),
});
export type Passkey = z.infer<typeof Passkey>;

export const Authenticators = z.object({
  password: z.boolean(),
  totp: z.boolean(),
  recoveryCodesLeft: z.int(),
  passkeys: z.array(Passkey),
  providers: z.array(z.object({ id: Id, name: DisplayName })),
  pinHere: z.boolean(),
});
export type Authenticators = z.infer<typeof Authenticators>;

/** What unlocks, and what confirms that it is really you before an authenticator is changed (a PIN does not). */
export const Unlock = z.union([
  z.strictObject({ pin: Pin }),
  z.strictObject({ password: PasswordInput, code: z.string().max(40).optional() }),
  z.strictObject({ passkey: PasskeyProof }),
]);
export type Unlock = z.infer<typeof Unlock>;

/** How people have to sign in at this site. */
export const PeoplePolicy = z.strictObject({
  /** `required`: who signs in by password alone holds no role until an app or a passkey is set up. */
  secondFactor: z.enum(['optional', 'required']),
});
export type PeoplePolicy = z.infer<typeof PeoplePolicy>;

/** An OpenID Connect provider (OpenID Connect Core 1.0), as an administrator enters it. */
const providerFields = {
  name: DisplayName,
  /** Its issuer identifier; `/.well-known/openid-configuration` is looked up below it. */
  issuer: z
    .url({ protocol: /^https?$/, error: 'give the issuer, such as https://login.example.org' })
    .max(500),
  clientId: z.string().min(1).max(200),
  /** Lets a person with exactly this e-mail address in at the first time, if the provider says it verified the address. */
  linkByEmail: z.boolean(),
  /** The claim that names what somebody is there; null leaves the roles as they are here. */
  roleClaim: z.string().min(1).max(100).nullable(),
  /** Value of that claim → role here. */
  roleMap: z.record(z.string().max(200), Role),
  enabled: z.boolean(),
};
const ClientSecret = z.string().min(1).max(500);
export const IdentityProvider = z.object({
  id: Id,
  ...providerFields,
  hasSecret: z.boolean(),
  revision: z.int(),
});
export type IdentityProvider = z.infer<typeof IdentityProvider>;
export const IdentityProviderInput = z.strictObject({
  id: Id.optional(),
  ...providerFields,
  linkByEmail: providerFields.linkByEmail.default(false),
  roleClaim: providerFields.roleClaim.default(null),
  roleMap: providerFields.roleMap.default({}),
  enabled: providerFields.enabled.default(true),
  clientSecret: ClientSecret.nullable().default(null),
});
export type IdentityProviderInput = z.infer<typeof IdentityProviderInput>;
export const IdentityProviderPatch = z
  .strictObject({ ...providerFields, clientSecret: ClientSecret.nullable() })
  .partial();
export type IdentityProviderPatch = z.infer<typeof IdentityProviderPatch>;

/** People one import may bring. */
export const maxImportRows = 1_000;
/** Characters of the list: enough for so many rows with long names and several groups. */
export const maxImportText = 300_000;
/** What became of one row; a refused row changed nothing and comes back as it was, to be corrected and sent again. */
export const ImportRow = z.object({
  /** Line of the file, the header being line 1. */
  line: z.int(),
  outcome: z.enum(['created', 'would-create', 'exists', 'refused']),
  login: z.string(),
  detail: z.string(),
});
export const ImportReport = z.object({
  created: z.int(),
  refused: z.int(),
  rows: z.array(ImportRow),
  /** The refused rows as CSV with the header, or '' when there are none. */
  rejectedCsv: z.string(),
});
export type ImportReport = z.infer<typeof ImportReport>;
