/** A strict reader of media playlists, written from RFC 8216bis and apart from the writer. Throws on anything odd. */

export interface ReadPart {
  uri: string;
  durationS: number;
  independent: boolean;
}
export interface ReadSegment {
  msn: number;
  uri: string | null;
  durationS: number | null;
  discontinuitySequence: number;
  map: string;
  dateMs: number;
  parts: ReadPart[];
}
export interface ReadPlaylist {
  targetDurationS: number;
  partTargetS: number | null;
  partHoldBackS: number | null;
  mediaSequence: number;
  discontinuitySequence: number;
  skipped: number;
  segments: ReadSegment[];
  hint: string | null;
  reports: { uri: string; msn: number; part: number | null }[];
}

function attributesOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  const rest = text.replace(/([A-Z0-9-]+)=("[^"]*"|[^",]*)(,|$)/g, (_, name: string, value: string) => {
    if (found.has(name)) throw new Error(`attribute ${name} twice`);
    found.set(name, value.replaceAll('"', ''));
    return '';
  });
  if (rest !== '') throw new Error(`not an attribute list: ${text}`);
  return found;
}

function numberOf(text: string | undefined): number {
  if (text === undefined || !/^\d+(\.\d+)?$/.test(text)) throw new Error(`not a number: ${text}`);
  return Number(text);
}

export function readPlaylist(text: string): ReadPlaylist {
  const lines = text.split('\n');
  if (lines.shift() !== '#EXTM3U' || lines.pop() !== '') throw new Error('no #EXTM3U or no line end');
  const head = new Map<string, string>();
  const headTags = [
    'VERSION',
    'TARGETDURATION',
    'SERVER-CONTROL',
    'PART-INF',
    'MEDIA-SEQUENCE',
    'DISCONTINUITY-SEQUENCE',
  ];
  const segments: ReadSegment[] = [];
  let skipped = 0;
  let hint: string | null = null;
  const reports: ReadPlaylist['reports'] = [];
  let map: string | null = null;
  let sequence = 0;
  let msn = 0;
  let draft: { dateMs: number | null; parts: ReadPart[]; durationS: number | null } | null = null;
  const current = () => (draft ??= { dateMs: null, parts: [], durationS: null });
  const finish = (uri: string | null) => {
    const { dateMs, parts, durationS } = current();
    if (dateMs === null || map === null) throw new Error('segment without date or map');
    if (uri !== null && durationS === null) throw new Error('segment without EXTINF');
    segments.push({ msn: msn++, uri, durationS, discontinuitySequence: sequence, map, dateMs, parts });
    draft = null;
  };
  for (const line of lines) {
    const [, tag = '', value = ''] = /^#(?:EXT-X-)?([A-Z-]+)(?::(.*))?$/.exec(line) ?? [];
    if ((hint !== null || reports.length > 0) && tag !== 'RENDITION-REPORT')
      throw new Error(`something after the hint or a report: ${line}`);
    if (headTags.includes(tag)) {
      if (head.has(tag) || segments.length > 0 || draft) throw new Error(`${tag} twice or too late`);
      head.set(tag, value);
      if (tag === 'MEDIA-SEQUENCE') msn = numberOf(value);
      if (tag === 'DISCONTINUITY-SEQUENCE') sequence = numberOf(value);
    } else if (tag === 'SKIP') {
      if (skipped > 0 || segments.length > 0 || draft) throw new Error('SKIP in the wrong place');
      skipped = numberOf(attributesOf(value).get('SKIPPED-SEGMENTS'));
      msn += skipped;
    } else if (tag === 'DISCONTINUITY') {
      if (draft) throw new Error('DISCONTINUITY after other tags of its segment');
      current();
      sequence += 1;
    } else if (tag === 'MAP') {
      if (current().parts.length > 0) throw new Error('MAP after a part');
      map = attributesOf(value).get('URI') ?? null;
    } else if (tag === 'PROGRAM-DATE-TIME') {
      if (current().parts.length > 0) throw new Error('date after a part');
      if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)) throw new Error(`odd date ${value}`);
      current().dateMs = Date.parse(value);
    } else if (tag === 'PART') {
      const attributes = attributesOf(value);
      const part = { uri: attributes.get('URI') ?? '', durationS: numberOf(attributes.get('DURATION')) };
      current().parts.push({ ...part, independent: attributes.get('INDEPENDENT') === 'YES' });
    } else if (tag === 'EXTINF') current().durationS = numberOf(value.replace(/,$/, ''));
    else if (tag === 'PRELOAD-HINT') hint = attributesOf(value).get('URI') ?? null;
    else if (tag === 'RENDITION-REPORT') {
      const attributes = attributesOf(value);
      const part = attributes.get('LAST-PART');
      reports.push({
        uri: attributes.get('URI') ?? '',
        msn: numberOf(attributes.get('LAST-MSN')),
        part: part === undefined ? null : numberOf(part),
      });
    } else if (line.startsWith('#') || line === '') throw new Error(`unknown line: ${line}`);
    else finish(line);
  }
  if (draft) finish(null);
  const control = attributesOf(head.get('SERVER-CONTROL') ?? '');
  if (control.get('CAN-BLOCK-RELOAD') !== 'YES') throw new Error('no blocking reload');
  const info = head.get('PART-INF');
  const partTargetS = info === undefined ? null : numberOf(attributesOf(info).get('PART-TARGET'));
  const holdBack = control.get('PART-HOLD-BACK');
  const targetDurationS = numberOf(head.get('TARGETDURATION'));
  if (numberOf(control.get('HOLD-BACK')) < 3 * targetDurationS) throw new Error('hold-back too short');
  if ((partTargetS === null) !== (holdBack === undefined)) throw new Error('parts and part hold-back differ');
  if (partTargetS !== null && numberOf(holdBack) < 3 * partTargetS - 1e-6)
    throw new Error('part hold-back too short');
  if (numberOf(control.get('CAN-SKIP-UNTIL')) < 6 * targetDurationS)
    throw new Error('skip boundary too near');
  return {
    targetDurationS,
    partTargetS,
    partHoldBackS: holdBack === undefined ? null : numberOf(holdBack),
    mediaSequence: numberOf(head.get('MEDIA-SEQUENCE')),
    discontinuitySequence: numberOf(head.get('DISCONTINUITY-SEQUENCE')),
    skipped,
    segments,
    hint,
    reports,
  };
}
