/** One path of a media node's doors. */
interface MediaPath {
  /** `UPGRADE`: a WebSocket is opened there. */
  methods: readonly string[];
  path: RegExp;
  /** The door whose right control is asked for before a byte of video leaves there; null: nobody is asked, and there is none. */
  asks: 'push' | 'llhls' | 'poster' | null;
}

const read = ['GET', 'HEAD'] as const;
const camera = String.raw`^\/live\/(?<camera>[a-z0-9][a-z0-9-]{0,63})\/`;
const stream = `${camera}${String.raw`(?<stream>main|sub)\/`}`;

/**
 * What there is at a media node: its doors route by this list, the first that fits, and the policy table has a row for each. A
 * link for another player has its token before a path of `/live`.
 */
export const mediaPaths = {
  upgrade: { methods: ['UPGRADE'], path: /^\/push$/, asks: 'push' },
  preflight: { methods: ['OPTIONS'], path: /^\//, asks: null },
  healthz: { methods: read, path: /^\/healthz$/, asks: null },
  multivariant: { methods: read, path: new RegExp(`${camera}index\\.m3u8$`), asks: 'llhls' },
  playlist: { methods: read, path: new RegExp(`${stream}index\\.m3u8$`), asks: 'llhls' },
  poster: { methods: read, path: new RegExp(`${stream}poster\\.jpg$`), asks: 'poster' },
  resource: { methods: read, path: new RegExp(`${stream}(?<name>[a-z0-9.-]{1,64})$`), asks: 'llhls' },
} as const satisfies Record<string, MediaPath>;
export type MediaPathName = keyof typeof mediaPaths;

/** Which path that is, and what it names; null: none. */
export function mediaPathOf(
  method: string,
  pathname: string,
): { kind: MediaPathName; names: Partial<Record<'camera' | 'stream' | 'name', string>> } | null {
  for (const [kind, row] of Object.entries(mediaPaths) as [MediaPathName, MediaPath][]) {
    const found = row.methods.includes(method) ? row.path.exec(pathname) : null;
    if (found) return { kind, names: { ...found.groups } };
  }
  return null;
}
