import type { SceneBuilder } from '../kit/scene.ts';
import { alley } from './alley.ts';
import { arcade } from './arcade.ts';
import { busStop } from './bus-stop.ts';
import { carPark } from './car-park.ts';
import { containerQuay } from './container-quay.ts';
import { fountainPlaza } from './fountain-plaza.ts';
import { grandCrossing } from './grand-crossing.ts';
import { harbourBridge } from './harbour-bridge.ts';
import { hillRoad } from './hill-road.ts';
import { levelCrossing } from './level-crossing.ts';
import { loadingDock } from './loading-dock.ts';
import { marketSquare } from './market-square.ts';
import { nightCrossing } from './night-crossing.ts';
import { parkPath } from './park-path.ts';
import { ringRoad } from './ring-road.ts';
import { schoolGate } from './school-gate.ts';
import { skyline } from './skyline.ts';
import { tramStop } from './tram-stop.ts';
import { tunnel } from './tunnel.ts';
import { waterfrontFog } from './waterfront-fog.ts';

/** All scenes by name. */
export const scenes: Readonly<Record<string, SceneBuilder>> = {
  alley,
  arcade,
  'bus-stop': busStop,
  'car-park': carPark,
  'container-quay': containerQuay,
  'fountain-plaza': fountainPlaza,
  'grand-crossing': grandCrossing,
  'harbour-bridge': harbourBridge,
  'hill-road': hillRoad,
  'level-crossing': levelCrossing,
  'loading-dock': loadingDock,
  'market-square': marketSquare,
  'night-crossing': nightCrossing,
  'park-path': parkPath,
  'ring-road': ringRoad,
  'school-gate': schoolGate,
  skyline,
  'tram-stop': tramStop,
  tunnel,
  'waterfront-fog': waterfrontFog,
};
