import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits, base64url: for cookies of screens and links of players. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** What of a token is stored and told to media nodes. The tokens are random, so one round of SHA-256 is enough. */
export const hashOf = (token: string): string => createHash('sha256').update(token).digest('base64url');
