/** In the order in which they must be looked for: each later one also names those before it. */
const browsers: readonly [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\/|Chromium\//, 'Chromium'],
  [/Safari\//, 'Safari'],
];
const systems: readonly [RegExp, string][] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS X/, 'macOS'],
  [/Linux/, 'Linux'],
];
const nameIn = (table: typeof browsers, agent: string) => table.find(([sign]) => sign.test(agent))?.[1];

/** A User-Agent header as people say it: "Firefox on Windows". Told by the browser itself, so it proves nothing. */
export function agentWords(agent: string): string {
  const [browser, system] = [nameIn(browsers, agent), nameIn(systems, agent)];
  if (!browser) return 'another program';
  return system ? `${browser} on ${system}` : browser;
}
