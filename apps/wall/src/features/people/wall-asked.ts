/** `/#wall`, which a demo prints: whoever is let in sees the first screen of its wall at once. */
const wallHash = '#wall';
const firstScreen = '/screen/left';

export const isWallAsked = (): boolean => location.hash === wallHash;
export const askForWall = (): void => history.replaceState(null, '', wallHash);
export const goToWall = (): void => location.replace(firstScreen);
