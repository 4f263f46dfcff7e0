import { Agent as PlainAgent, request as plainRequest } from 'node:http';
import { Agent, request, type AgentOptions } from 'node:https';
import { buffer } from 'node:stream/consumers';

/** An agent for one certificate authority, and with one address of this machine. */
export const agentOf = (options: AgentOptions): Agent => new Agent({ ...options, keepAlive: false });

/** fetch as far as the tests need it, from an address of our choice and with a certificate of our own making. */
export function fetchBy(options: AgentOptions): typeof fetch {
  const agents = {
    'https:': agentOf(options),
    'http:': new PlainAgent({ localAddress: options.localAddress }),
  };
  return async (input, init = {}) => {
    const url = new URL(String(input));
    const isTls = url.protocol === 'https:';
    const headers = Object.fromEntries(new Headers(init.headers));
    const sent = isTls
      ? request(url, { method: init.method, headers, agent: agents['https:'] })
      : plainRequest(url, { method: init.method, headers, agent: agents['http:'] });
    return new Promise<Response>((resolve, reject) => {
      sent.once('error', reject);
      sent.once('response', (answer) => {
        void buffer(answer).then((body) => {
          const got = new Headers();
          for (let at = 0; at < answer.rawHeaders.length; at += 2)
            got.append(answer.rawHeaders[at] ?? '', answer.rawHeaders[at + 1] ?? '');
          const status = answer.statusCode ?? 0;
          resolve(new Response(status === 204 || status === 304 ? null : body, { status, headers: got }));
        }, reject);
      });
      sent.end(init.body as string | undefined);
    });
  };
}
