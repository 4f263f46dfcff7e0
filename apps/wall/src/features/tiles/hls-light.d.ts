/** The light build has the same interface as the full one; the package gives types for the full one alone. */
declare module 'hls.js/light' {
  export * from 'hls.js';
  export { default } from 'hls.js';
}
