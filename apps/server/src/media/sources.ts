import { existsSync } from 'node:fs';
import type { CameraSource, StreamName } from '@clerestory/protocol';
import { loginPart, loopScript, percentEncode, rtspScript } from './ffconcat.ts';
import { ingestArgs } from './ffmpeg-args.ts';

/** Files of a demo scene, absolute paths; they need not be there yet. */
export type SceneFiles = (demoDir: string, scene: string) => { main: string; sub: string };

export interface Scenes {
  demoDir: string;
  sceneFiles: SceneFiles;
  /**
   * Length of every scene's loop, whole seconds with a key frame at each, milliseconds. Scenes then keep to the clock: a
   * loop begins whenever Unix time is a multiple of it, in all streams of a scene alike. Null: each plays from its start.
   */
  loopMs: number | null;
}

/** How to get at a source right now. */
export type SourceInput =
  | {
      kind: 'run';
      args: string[];
      /** Goes to ffmpeg's stdin, which is then closed; secret. */
      stdin: string;
      /** What must never be in a log line. */
      secrets: string[];
      /** A user name or password goes with it. */
      hasLogin: boolean;
      /** Another transport may be tried when this one fails. */
      transports: number;
    }
  /** Not there yet: asked again each second. */
  | { kind: 'wait'; reason: string }
  | { kind: 'never'; reason: string };

const sceneWaitReason = 'The demo scene is still being drawn';

/** Which streams a source has. */
export function streamsOf(source: CameraSource): StreamName[] {
  switch (source.kind) {
    case 'rtsp':
      return source.sub === undefined ? ['main'] : ['main', 'sub'];
    case 'demo':
      return ['main', 'sub'];
  }
}

/** Where a scene is in its loop: the whole second to start from, and how far into that second it is. */
function whereInLoop(loopMs: number | null, nowMs: number): { startS: number; burstS: number } {
  if (loopMs === null) return { startS: 0, burstS: 0 };
  const atMs = nowMs % loopMs;
  return { startS: Math.floor(atMs / 1000), burstS: (atMs % 1000) / 1000 };
}

/**
 * The one place that knows the kinds of source. `turn` counts the transports tried so far: `auto` takes TCP first,
 * then UDP, and so on in turn. `nowMs` is Unix time.
 */
export function sourceInput(
  source: CameraSource,
  stream: StreamName,
  turn: number,
  scenes: Scenes,
  nowMs: number,
): SourceInput {
  switch (source.kind) {
    case 'rtsp': {
      const address = stream === 'sub' ? (source.sub ?? source.main) : source.main;
      const order = source.transport === 'auto' ? (['tcp', 'udp'] as const) : [source.transport];
      const transport = order[turn % order.length] ?? 'tcp';
      try {
        const { password = '' } = source;
        return {
          kind: 'run',
          args: ingestArgs({ kind: 'rtsp' }),
          stdin: rtspScript(address, source, transport),
          secrets: [password, percentEncode(password), loginPart(source), address].filter(Boolean),
          hasLogin: loginPart(source) !== '',
          transports: order.length,
        };
      } catch (error) {
        if (error instanceof RangeError) return { kind: 'never', reason: error.message };
        throw error;
      }
    }
    case 'demo': {
      const path = scenes.sceneFiles(scenes.demoDir, source.scene)[stream];
      if (!existsSync(path)) return { kind: 'wait', reason: sceneWaitReason };
      const { startS, burstS } = whereInLoop(scenes.loopMs, nowMs);
      return {
        kind: 'run',
        args: ingestArgs({ kind: 'loop', burstS }),
        stdin: loopScript(path, startS),
        secrets: [],
        hasLogin: false,
        transports: 1,
      };
    }
  }
}
