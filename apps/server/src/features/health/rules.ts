import { isOurWait, type HealthState, type IngestReport, type PictureFault } from '@clerestory/protocol';

/** What the two witnesses say of a camera at one moment. */
export interface Evidence {
  /** The media node's word on each stream in use. */
  ingest: readonly IngestReport[];
  /** False while no media node is connected. */
  nodeThere: boolean;
  /** Visible screens that are meant to show the camera. */
  screensShowing: number;
  /** Those among them whose tile has had no fresh picture for `screenPatienceMs`. */
  screensFailing: number;
  /** Restarts of its streams in the last `restartWindowMs`. */
  recentRestarts: number;
  /** What the camera says of itself, in words. */
  deviceFaults?: readonly string[];
}

export interface Verdict {
  state: HealthState;
  /** In words, for a person. */
  reason: string;
  /** How long the verdict has to hold before people are told, ms. */
  settleMs: number;
}

/** No word on a camera, but on us. */
export const nodeAwayReason = 'The media node is away; it is being started again';
/** A reason that says nothing of the camera. */
export const isOurs = (reason: string): boolean => reason === nodeAwayReason;

/** A tile must fail this long before its screen is a witness against the camera, ms. */
export const screenPatienceMs = 6_000;
/** Restarts are counted over this time, ms. */
export const restartWindowMs = 5 * 60_000;
/** So many restarts in that time are a fault worth telling, though pictures come. */
export const manyRestarts = 3;
/** Fewer frames than this are a slide show; cameras are set to 5 or more. */
const fewestFps = 2;
/** Short gaps are no outage: a stream that is back within this time was never reported as gone, ms. */
const outageSettleMs = 3_000;
const recoverySettleMs = 500;

const failed = ['stalled', 'backoff'] as const;
const isFailed = (report: IngestReport) => (failed as readonly string[]).includes(report.state);

const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;

const pictureWords: Record<PictureFault, string> = {
  frozen: 'The picture is frozen: the camera sends the very same one again and again. Restart the camera',
  black: 'The picture is black: look whether something covers the lens, and whether it has light',
  blank: 'The picture is of one colour all over: look whether something covers the lens',
  blurred: 'The picture is out of focus: clean the lens, or set the focus',
};

function pictureFaults(running: readonly IngestReport[], evidence: Evidence): string[] {
  const faults: string[] = [...(evidence.deviceFaults ?? [])];
  const broken = evidence.ingest.find(isFailed);
  if (broken) faults.push(`The ${broken.facts.stream} stream has no frames: ${broken.reason}`);
  if (evidence.recentRestarts >= manyRestarts)
    faults.push(`Restarted ${evidence.recentRestarts} times in ${restartWindowMs / 60_000} minutes`);
  const seen = new Set(running.flatMap(({ facts }) => facts.picture ?? []));
  for (const fault of seen) faults.push(pictureWords[fault]);
  const slow = running.find(({ facts }) => facts.fps !== null && facts.fps < fewestFps);
  if (slow) faults.push(`Only ${(slow.facts.fps ?? 0).toFixed(1)} frames a second arrive`);
  // Screens do not call a frozen picture live, which says nothing of how they get it.
  if (evidence.screensFailing > 0 && !seen.has('frozen'))
    faults.push(
      `${evidence.screensFailing} of ${plural(evidence.screensShowing, 'screen')} ${evidence.screensFailing === 1 ? 'does' : 'do'} not get its pictures`,
    );
  return faults;
}

/** Health from evidence. Pure; the caller lets a verdict settle before it counts. */
export function judge(evidence: Evidence): Verdict {
  const { ingest } = evidence;
  if (!evidence.nodeThere)
    return {
      state: 'offline',
      reason: nodeAwayReason,
      settleMs: outageSettleMs,
    };
  for (const state of ['unauthorized', 'unsupported'] as const) {
    const said = ingest.find((report) => report.state === state);
    if (said && !ingest.some((report) => report.state === 'running'))
      return { state, reason: said.reason, settleMs: 0 };
  }
  const running = ingest.filter((report) => report.state === 'running');
  if (running.length > 0) {
    const faults = pictureFaults(running, evidence);
    if (faults.length > 0) return { state: 'degraded', reason: faults.join('. '), settleMs: outageSettleMs };
    return { state: 'online', reason: 'Pictures arrive', settleMs: recoverySettleMs };
  }
  const broken = ingest.find(isFailed);
  // A stall has been watched for seconds already.
  if (broken)
    return {
      state: 'offline',
      reason: broken.reason,
      settleMs: broken.state === 'stalled' ? 0 : outageSettleMs,
    };
  const starting = ingest.find((report) => report.state === 'starting');
  if (starting && isOurWait(starting.reason))
    return { state: 'idle', reason: starting.reason, settleMs: 1_000 };
  if (starting)
    return { state: 'offline', reason: starting.reason || 'Connecting to the camera', settleMs: 12_000 };
  return { state: 'idle', reason: 'Nobody is watching', settleMs: 1_000 };
}
