import { apiBase } from '@clerestory/protocol';

/** The longest password rules ask for nothing better than this one. */
export const goodPassword = 'seven herons over the harbour';

export interface BrowserAnswer {
  status: number;
  headers: Headers;
  body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look at answers of any shape
}

/** A browser as far as requests go: it keeps cookies, and says which page a change comes from. */
export class Browser {
  readonly url: string;
  /** Name → value. */
  readonly cookies = new Map<string, string>();
  /** Every Set-Cookie header that came, as it came. */
  readonly setCookies: string[] = [];
  readonly #ask: typeof fetch;

  /** `ask`: how requests are sent, where not as fetch does. */
  constructor(url: string, ask: typeof fetch = fetch) {
    this.url = url;
    this.#ask = ask;
  }

  /** `address` is below the API; a header of '' is left out. */
  async call(
    method: string,
    address: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<BrowserAnswer> {
    const sent: Record<string, string> = { cookie: this.cookieHeader(), ...headers };
    if (method !== 'GET') sent['origin'] ??= this.url;
    if (body !== undefined) sent['content-type'] ??= 'application/json';
    for (const [name, value] of Object.entries(sent)) if (value === '') delete sent[name];
    const response = await this.#ask(this.url + apiBase + address, {
      method,
      headers: sent,
      redirect: 'manual',
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    const text = await response.text();
    const json = (response.headers.get('content-type') ?? '').includes('json');
    return {
      status: response.status,
      headers: response.headers,
      body: json && text ? JSON.parse(text) : text,
    };
  }

  cookieHeader(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  async signIn(login: string, password: string = goodPassword): Promise<BrowserAnswer> {
    return this.call('POST', '/session', { login, password });
  }

  #keep(line: string): void {
    this.setCookies.push(line);
    const [pair = ''] = line.split(';');
    const at = pair.indexOf('=');
    const value = pair.slice(at + 1);
    if (value === '') this.cookies.delete(pair.slice(0, at));
    else this.cookies.set(pair.slice(0, at), value);
  }
}

/** The first administrator of a new app, signed in. */
export async function setUpAdministrator(app: {
  url: string;
  welcome(): Promise<{ setUpToken: string | null }>;
}): Promise<Browser> {
  const { setUpToken } = await app.welcome();
  const browser = new Browser(app.url);
  const answer = await browser.call('POST', '/set-up', {
    token: setUpToken,
    login: 'ada',
    name: 'Ada',
    password: goodPassword,
  });
  if (answer.status !== 200) throw new Error(`set-up failed: ${JSON.stringify(answer.body)}`);
  return browser;
}

/** A person with these roles who can sign in with `goodPassword`. @returns the id */
export async function addPerson(administrator: Browser, login: string, roles: string[]): Promise<string> {
  const created = await administrator.call('POST', '/people', { login, name: login, roles });
  const link = await administrator.call('POST', `/people/${created.body.id}/link`);
  const token = new URL(link.body.url).hash.split('=')[1];
  const set = await new Browser(administrator.url).call('POST', '/one-time-link', {
    token,
    password: goodPassword,
  });
  if (set.status !== 200)
    throw new Error(`a person could not be added: ${JSON.stringify([created.body, set.body])}`);
  return created.body.id;
}
