import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits, base64url: session, workstation, one-time link, ticket. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** What of a token is stored. The tokens are random, so that one round of SHA-256 is enough. */
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
