export { Display } from './Display.tsx';
