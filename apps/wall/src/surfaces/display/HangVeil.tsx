import { useEffect, useRef } from 'react';

/** A sign of life of the page's program, this often. */
const beatMs = 1_000;
/** Without one for this long, the veil falls: nothing else on the page can take back the word Live. */
const patienceMs = 2_700;
const fallMs = 100;
/** A finished animation waits for the program to draw its end, so that this one does not finish. */
const staysMs = 24 * 60 * 60 * 1_000;

/** From `hidden` to full opacity after the patience, run by the browser's compositor alone. */
const falling = (element: HTMLElement, hidden: number): Animation =>
  element.animate(
    [
      { opacity: hidden },
      { opacity: hidden, offset: patienceMs / staysMs },
      { opacity: 1, offset: (patienceMs + fallMs) / staysMs },
      { opacity: 1 },
    ],
    { duration: staysMs, fill: 'forwards' },
  );

/**
 * Covers the screen when its own program hangs: pictures stand still then, and their words with them. Animations
 * that the browser's compositor runs without the program, and that the program sets back for as long as it lives.
 *
 * The veil is a plain colour, which needs no painting. The words are painted from the start, since a compositor that
 * finds them unpainted waits for the program (Chromium gives up frames of an animation that lack a tile).
 */
export function HangVeil() {
  const veil = useRef<HTMLDivElement>(null);
  const words = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (!veil.current || !words.current) return;
    const animations = [falling(veil.current, 0), falling(words.current, 0.001)];
    const beat = () => {
      for (const animation of animations) {
        animation.currentTime = 0;
        animation.play();
      }
    };
    const timer = setInterval(beat, beatMs);
    document.addEventListener('visibilitychange', beat);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', beat);
      for (const animation of animations) animation.cancel();
    };
  }, []);
  return (
    <>
      <div ref={veil} className="display__hang" aria-hidden="true" />
      <p ref={words} className="display__hang-words" aria-hidden="true">
        This screen’s page does not answer. What is under this is not live.
      </p>
    </>
  );
}
