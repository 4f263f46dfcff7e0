/** Length of every scene's loop: a whole number of frames, so that it repeats without a jump. */
export const loopS = 20;
export const loopMs = loopS * 1000;
export const framesPerSecond = 15;
export const loopFrames = loopS * framesPerSecond;
