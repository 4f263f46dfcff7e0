export { SceneDrawing } from './drawing.ts';
export { seedDemoCameras, seedWall, type SeedTargets } from './seed.ts';
