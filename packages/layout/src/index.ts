export { fitLayout, layoutOf, layouts, tileCount } from './definitions.ts';
export type { Cell, LayoutDefinition } from './definitions.ts';
export { pictureRectangle, rectangles } from './geometry.ts';
export type { Rectangle, Size } from './geometry.ts';
export { chooseStream, mainFromPx, subBelowPx } from './stream-choice.ts';
