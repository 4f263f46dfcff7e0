import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../platform/places.ts';
import { startTestApp } from '../../testing/server.ts';

let server: Awaited<ReturnType<typeof startTestApp>>;
beforeAll(async () => {
  server = await startTestApp();
});
afterAll(() => server.stop());

/** Name → values of a content-security policy. */
const rulesIn = (policy: string): Map<string, string> =>
  new Map(
    policy.split(';').map((rule) => {
      const [name = '', ...values] = rule.trim().split(/\s+/);
      return [name, values.join(' ')];
    }),
  );
const pages = [
  ...['/', '/admin', '/fleet', '/workstation/1', '/screen', '/screen/left', '/no-such-page'],
  ...['/portal/', '/portal/no-such-page', '/log/report', '/log/how-to-check'],
  ...['/nothing.txt', '/api/v1/session', '/api/v1/nothing'],
];

describe('no script runs that stands in a page or comes from elsewhere', () => {
  test.each(pages)('%s', async (address) => {
    const { headers } = await fetch(server.app.url + address, { headers: { accept: 'text/html' } });
    const rules = rulesIn(headers.get('content-security-policy') ?? '');
    expect(["'self'", "'none'"]).toContain(rules.get('script-src') ?? rules.get('default-src'));
    for (const name of ['default-src', 'base-uri', 'frame-ancestors'])
      expect([name, rules.get(name)]).toEqual([name, "'none'"]);
    expect([...rules.values()].join(' ')).not.toMatch(/unsafe|\*|'nonce|'sha/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-frame-options')).toBe('DENY');
  });

  /** Scripts without an address, styles, and what runs at an event. */
  const inline = /<script(?![^>]*\ssrc=)|<style|\son[a-z]+\s*=|javascript:/i;
  test.each(['apps/wall/index.html', 'apps/wall/screen.html', 'apps/portal/index.html'])(
    '%s needs none',
    (file) => expect(readFileSync(path.join(root, file), 'utf8')).not.toMatch(inline),
  );
  test.each([
    '<script type="module">1</script>',
    '<style>a{}</style>',
    '<a onclick="1">',
    '<a href="javascript:1">',
  ])('control: %s is found', (text) => expect(text).toMatch(inline));
});
