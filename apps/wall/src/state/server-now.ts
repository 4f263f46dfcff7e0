/** The server's clock as this page's line to it knows it; the page's own until there is a line. */
let read: () => number = () => Date.now();

export const serverNowMs = (): number => read();

/** Set once, by the surface that opens the line. */
export function readServerClock(clock: () => number): void {
  read = clock;
}
