import { z } from 'zod';
import { OwnerId } from './consent.ts';
import { DisplayName, Id } from './ids.ts';
import {
  Language,
  Owner,
  OwnerInput,
  OwnerLinkLook,
  OwnerMe,
  OwnerMePatch,
  OwnerPatch,
  OwnerWhoAmI,
} from './owners.ts';
import { EmailAddress, Passkey, PasskeyOptions, PasskeyProof, SecretToken } from './people.ts';
import { wholeNumber } from './query.ts';
import type { RestRoute } from './rest.ts';

const route = <const R extends RestRoute>(row: R): R => row;
const OnOwner = z.object({ owner: OwnerId });

/** Below this path an owner's cookie counts, and no other; everywhere else it counts for nothing. */
export const ownerPath = '/owner/';

const signIn = {
  ownerWhoAmI: route({
    method: 'get',
    path: '/owner/session',
    tag: 'owner',
    status: 200,
    summary: 'Which owner is signed in here',
    answer: OwnerWhoAmI,
  }),
  ownerAskLink: route({
    method: 'post',
    path: '/owner/sign-in-link',
    tag: 'owner',
    status: 204,
    summary: 'Send a one-time link to an address. The answer is the same whether or not anybody has it',
    body: z.strictObject({ email: EmailAddress, language: Language.default('en') }),
  }),
  ownerLookLink: route({
    method: 'post',
    path: '/owner/link',
    tag: 'owner',
    status: 200,
    summary: 'What a one-time link is for; it stays good',
    body: z.strictObject({ token: SecretToken }),
    answer: OwnerLinkLook,
  }),
  ownerAnswerLink: route({
    method: 'post',
    path: '/owner/link/answer',
    tag: 'owner',
    status: 204,
    summary:
      'Say, by the link in the letter to the address of before, whether an address that the agency entered is right',
    body: z.strictObject({ token: SecretToken, isRight: z.boolean() }),
  }),
  ownerLeave: route({
    method: 'post',
    path: '/owner/link/leave',
    tag: 'owner',
    status: 204,
    summary:
      'Leave, by the link in the letter that one asked for: everything lent is taken back, the own cameras go out of the registry, and how one is reached is erased',
    body: z.strictObject({ token: SecretToken }),
  }),
  ownerSignIn: route({
    method: 'post',
    path: '/owner/session',
    tag: 'owner',
    status: 200,
    summary: 'Sign in with a one-time link; who is new says a name',
    body: z.strictObject({ token: SecretToken, name: DisplayName.optional(), language: Language.optional() }),
    answer: OwnerMe,
  }),
  ownerSignOut: route({
    method: 'delete',
    path: '/owner/session',
    tag: 'owner',
    status: 204,
    summary: 'Sign out here, or everywhere',
    query: z.strictObject({ everywhere: z.enum(['0', '1']).default('0') }),
  }),
  ownerPasskeySignInOptions: route({
    method: 'post',
    path: '/owner/session/passkey/options',
    tag: 'owner',
    status: 200,
    summary: 'Begin to sign in with a passkey',
    answer: PasskeyOptions,
  }),
  ownerPasskeySignIn: route({
    method: 'post',
    path: '/owner/session/passkey',
    tag: 'owner',
    status: 200,
    summary: 'Sign in with a passkey',
    body: PasskeyProof,
    answer: OwnerMe,
  }),
} as const;

const mine = {
  ownerUpdateMe: route({
    method: 'patch',
    path: '/owner/me',
    tag: 'owner',
    status: 200,
    summary: 'Change one’s name, phone number or language',
    body: OwnerMePatch,
    answer: OwnerMe,
  }),
  ownerAskLeave: route({
    method: 'post',
    path: '/owner/me/leave',
    tag: 'owner',
    status: 204,
    summary: 'Ask for the letter with the link by which one leaves',
  }),
  ownerBeginPasskey: route({
    method: 'post',
    path: '/owner/passkeys/options',
    tag: 'owner',
    status: 200,
    summary: 'Begin to add a passkey',
    answer: PasskeyOptions,
  }),
  ownerAddPasskey: route({
    method: 'post',
    path: '/owner/passkeys',
    tag: 'owner',
    status: 201,
    summary: 'Add a passkey',
    body: PasskeyProof.extend({ name: DisplayName }),
    answer: Passkey,
  }),
  ownerRemovePasskey: route({
    method: 'delete',
    path: '/owner/passkeys/{passkey}',
    tag: 'owner',
    status: 204,
    summary: 'Remove a passkey',
    params: z.object({ passkey: Id }),
  }),
} as const;

/** For administrators. */
const registry = {
  listOwners: route({
    method: 'get',
    path: '/owners',
    tag: 'owners',
    status: 200,
    summary: 'Owners, by name',
    query: z.strictObject({
      q: z.string().max(100).optional(),
      cursor: z.string().max(200).optional(),
      limit: wholeNumber(1, 500).default(100),
    }),
    answer: z.object({ items: z.array(Owner), next: z.string().nullable() }),
  }),
  createOwner: route({
    method: 'post',
    path: '/owners',
    tag: 'owners',
    status: 201,
    idempotent: true,
    summary: 'Register an owner; an invitation goes out with the first camera',
    body: OwnerInput,
    answer: Owner,
  }),
  getOwner: route({
    method: 'get',
    path: '/owners/{owner}',
    tag: 'owners',
    status: 200,
    summary: 'One owner',
    params: OnOwner,
    answer: Owner,
  }),
  updateOwner: route({
    method: 'patch',
    path: '/owners/{owner}',
    tag: 'owners',
    status: 200,
    idempotent: true,
    ifMatch: true,
    summary: 'Change how an owner is reached; another address ends their sessions and links',
    params: OnOwner,
    body: OwnerPatch,
    answer: Owner,
  }),
  renewOwnerKeys: route({
    method: 'post',
    path: '/owners/keys',
    tag: 'owners',
    status: 200,
    summary: 'Take a fresh key for how owners are reached, and encrypt all of it anew',
    answer: z.object({ sealed: z.int() }),
  }),
} as const;

/** What the pages for owners call. */
export const ownerPageRoutes = { ...signIn, ...mine } as const;
export const ownerRoutes = { ...ownerPageRoutes, ...registry } as const;
