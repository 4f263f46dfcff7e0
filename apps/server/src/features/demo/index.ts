export { demoOwners, seedDemoPrivate } from './private.ts';
export { SceneDrawing } from './drawing.ts';
export { demoScenes, seedDemoCameras, seedWall, type SeedTargets } from './seed.ts';
