import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { checkAddress } from '../../platform/addresses/check.ts';
import type { CameraNetworks } from '../../platform/addresses/networks.ts';
import type { Sent } from '../../platform/mail.ts';

/** An address outside that an owner gave us: judged like a camera's, and then used as it was judged. */
export interface Outside {
  networks: CameraNetworks;
}

/** Whether notices may go to this address. Only over TLS, but for this machine itself where the settings name it. */
export async function mayGoTo(url: string, { networks }: Outside): Promise<{ host: string } | null> {
  const found = await checkAddress(url, {
    schemes: networks.loopback ? ['https', 'http'] : ['https'],
    networks,
  });
  if (!found.ok) return null;
  return found.scheme === 'https' || found.ip.startsWith('127.') ? { host: found.host } : null;
}

/**
 * One POST to an address outside, connected to the IP address that was judged; a redirect is a fault, and of the answer
 * nothing but the status is looked at. `hung`: there was none in time.
 */
export async function post(
  url: string,
  headers: Record<string, string | number>,
  body: Buffer | string,
  outside: Outside,
  patienceMs: number,
): Promise<Sent & { status?: number; hung?: true }> {
  const { networks } = outside;
  const found = await checkAddress(url, {
    schemes: networks.loopback ? ['https', 'http'] : ['https'],
    networks,
  });
  if (!found.ok) {
    const why = `the address: ${found.reason}`;
    return found.unresolved ? { ok: false, final: false, why, hung: true } : { ok: false, final: true, why };
  }
  if (found.scheme !== 'https' && !found.ip.startsWith('127.'))
    return { ok: false, final: true, why: 'the address: it is not https' };
  const send = found.scheme === 'https' ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const asking = send(
      {
        host: found.ip,
        port: found.port,
        path: found.path.startsWith('/') ? found.path : `/${found.path}`,
        method: 'POST',
        servername: found.host,
        headers: {
          ...headers,
          Host: new URL(url).host,
          'Content-Length': Buffer.byteLength(body),
        },
        agent: false,
      },
      (response) => {
        const status = response.statusCode ?? 0;
        response.destroy();
        if (status >= 200 && status < 300) return resolve({ ok: true, status });
        // 408, 425 and 429 ask for patience (RFC 9110, RFC 8470, RFC 6585); what else is 3xx or 4xx stays so.
        const final = status < 500 && ![408, 425, 429].includes(status);
        resolve({ ok: false, final, why: `it answered ${status}`, status });
      },
    );
    let hung = false;
    const late = setTimeout(() => {
      hung = true;
      asking.destroy(new Error('no answer in time'));
    }, patienceMs);
    late.unref();
    asking.on('error', ({ message }) => {
      clearTimeout(late);
      const why = `it could not be reached (${message.slice(0, 80)})`;
      resolve({ ok: false, final: false, why, ...(hung && { hung }) });
    });
    asking.on('close', () => clearTimeout(late));
    asking.end(body);
  });
}

/** `t=<Unix s>,v1=<hex>`: HMAC-SHA-256 with the webhook's secret over `<t>.<body>`. */
export function signatureOf(secret: string, body: string, nowMs: number): string {
  const t = Math.floor(nowMs / 1000);
  return `t=${t},v1=${createHmac('sha256', secret).update(`${t}.${body}`).digest('hex')}`;
}
