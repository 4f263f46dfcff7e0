import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { createServer as createPlainServer, type Server as PlainServer } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';

export type WebServer = PlainServer | TlsServer;

/** Paths of the certificate (with those that lead to its root) and of its key, both PEM. */
export interface TlsFiles {
  certFile: string;
  keyFile: string;
}

/** The files cannot be used; the message says what to do. */
export class TlsError extends Error {
  override name = 'TlsError';
}

/** How often the files are looked at, ms. They are few, and a renewed certificate is not urgent. */
const defaultLookEveryMs = 5_000;

function readPem(what: string, setting: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT'
        ? 'is not there'
        : code === 'EACCES' || code === 'EPERM'
          ? 'may not be read by this user'
          : `cannot be read (${code ?? 'unknown fault'})`;
    throw new TlsError(`The ${what} ${file} ${why}. Correct ${setting}, or the rights of the file.`, {
      cause: error,
    });
  }
}

const day = (date: Date): string => date.toISOString().slice(0, 10);

/** Reads and checks both files. @throws TlsError */
export function readTls({ certFile, keyFile }: TlsFiles, nowMs: number): { cert: Buffer; key: Buffer } {
  const cert = readPem('certificate', 'CLERESTORY_TLS_CERT', certFile);
  const key = readPem('key', 'CLERESTORY_TLS_KEY', keyFile);
  let parsed: X509Certificate;
  try {
    parsed = new X509Certificate(cert);
  } catch (error) {
    throw new TlsError(`${certFile} is not a certificate in PEM. Correct CLERESTORY_TLS_CERT.`, {
      cause: error,
    });
  }
  let secret;
  try {
    secret = createPrivateKey(key);
  } catch (error) {
    throw new TlsError(
      `${keyFile} is not a private key in PEM, or it has a pass phrase; give one without. Correct CLERESTORY_TLS_KEY.`,
      { cause: error },
    );
  }
  if (!parsed.checkPrivateKey(secret))
    throw new TlsError(
      `The key ${keyFile} does not belong to the certificate ${certFile}. Set CLERESTORY_TLS_CERT and CLERESTORY_TLS_KEY to two that do.`,
    );
  if (parsed.validToDate.getTime() <= nowMs)
    throw new TlsError(
      `The certificate ${certFile} expired on ${day(parsed.validToDate)}. Renew it, then start again.`,
    );
  if (parsed.validFromDate.getTime() > nowMs)
    throw new TlsError(
      `The certificate ${certFile} is valid only from ${day(parsed.validFromDate)} on. Check the clock of this machine.`,
    );
  return { cert, key };
}

/** Names of `origins` for which the certificate does not vouch, so that browsers would warn of it. */
export function namesNotCovered(certFile: string, origins: readonly string[]): string[] {
  const certificate = new X509Certificate(readFileSync(certFile));
  const names = origins.map((origin) => new URL(origin).hostname.replaceAll(/[[\]]/g, ''));
  return names.filter((name) => !certificate.checkHost(name) && !certificate.checkIP(name));
}

/**
 * A server that speaks TLS where there are files for it. Renewed files are taken over while it runs; ones that cannot be
 * used are told by `say`, and the last good ones stay. The watch ends with the server.
 * @throws TlsError when they cannot be used at the start
 */
export function createWebServer(
  files: TlsFiles | null,
  say: (message: string, isFault: boolean) => void,
  { nowMs, lookEveryMs = defaultLookEveryMs }: { nowMs: () => number; lookEveryMs?: number },
): WebServer {
  if (!files) return createPlainServer();
  const server = createTlsServer(readTls(files, nowMs()));
  const renew = () => {
    try {
      server.setSecureContext(readTls(files, nowMs()));
      say('the renewed certificate is in use', false);
    } catch (error) {
      say(`${(error as Error).message} Until then the last good certificate is used.`, true);
    }
  };
  const watched = [files.certFile, files.keyFile];
  for (const file of watched) watchFile(file, { interval: lookEveryMs, persistent: false }, renew);
  server.once('close', () => {
    for (const file of watched) unwatchFile(file, renew);
  });
  return server;
}
