import type { HealthState, TileState } from '@clerestory/protocol';
import {
  Ban,
  CircleCheck,
  CircleHelp,
  CirclePause,
  CircleX,
  Clock,
  FileQuestion,
  KeyRound,
  LoaderCircle,
  MonitorOff,
  Radio,
  Square,
  TriangleAlert,
  VideoOff,
  type LucideIcon,
} from 'lucide-react';
import './controls.css';

/** `quiet` is normal and grey; colour is kept for what is not. */
export type Tone = 'quiet' | 'warn' | 'alarm';
export interface StateWords {
  word: string;
  tone: Tone;
  icon: LucideIcon;
}

export const healthWords: Record<HealthState, StateWords> = {
  online: { word: 'online', tone: 'quiet', icon: CircleCheck },
  degraded: { word: 'degraded', tone: 'warn', icon: TriangleAlert },
  offline: { word: 'offline', tone: 'alarm', icon: VideoOff },
  unauthorized: { word: 'login refused', tone: 'alarm', icon: KeyRound },
  unsupported: { word: 'unsupported', tone: 'warn', icon: FileQuestion },
  idle: { word: 'idle', tone: 'quiet', icon: CirclePause },
};

/** What a console knows of a tile: the screen's own word, or why it has none. */
export type ShownState = TileState | 'changing' | 'unknown' | 'unheard' | 'blank';

export const tileWords: Record<ShownState, StateWords> = {
  empty: { word: 'empty', tone: 'quiet', icon: Square },
  connecting: { word: 'connecting', tone: 'quiet', icon: LoaderCircle },
  live: { word: 'live', tone: 'quiet', icon: Radio },
  late: { word: 'late', tone: 'warn', icon: Clock },
  stale: { word: 'stale', tone: 'warn', icon: TriangleAlert },
  offline: { word: 'offline', tone: 'alarm', icon: VideoOff },
  unsupported: { word: 'unsupported', tone: 'warn', icon: FileQuestion },
  refused: { word: 'refused', tone: 'warn', icon: Ban },
  changing: { word: 'changing', tone: 'quiet', icon: LoaderCircle },
  unknown: { word: 'not shown', tone: 'quiet', icon: CircleX },
  unheard: { word: 'not known', tone: 'quiet', icon: CircleHelp },
  blank: { word: 'blank', tone: 'quiet', icon: MonitorOff },
};

/** The words of a tile. One that is offline because its camera refuses our login says that, as the camera does. */
export const wordsOfTile = (state: ShownState, loginRefused: boolean): StateWords =>
  state === 'offline' && loginRefused ? healthWords.unauthorized : tileWords[state];

/** Icon and word of a state: never colour alone, and colour only for what is not normal. */
export function StateChip({ words, iconOnly = false }: { words: StateWords; iconOnly?: boolean }) {
  const Icon = words.icon;
  return (
    <span className="chip" data-tone={words.tone}>
      <Icon aria-hidden="true" />
      <span className={iconOnly ? 'visually-hidden' : undefined}>{words.word}</span>
    </span>
  );
}
