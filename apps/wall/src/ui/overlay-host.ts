/** Where menus and tooltips are put: inside the page's main landmark, so that nothing lies outside of one. */
export const overlayHostId = 'overlays';

/** Null before the surface is on the page; the primitives then take the body. */
export const overlayHost = (): HTMLElement | null => document.getElementById(overlayHostId);
