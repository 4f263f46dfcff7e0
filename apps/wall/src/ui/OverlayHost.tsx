/**
 * Where menus and tooltips are put. One element for the life of the page: a portal whose container changes is made anew,
 * and with it an open menu goes.
 */
const host = document.createElement('div');
document.body.append(host);

export const overlayHost = (): HTMLElement => host;

// Not made anew at each drawing: a menu that is moved about the document loses the focus.
const settle = (place: HTMLDivElement) => {
  place.append(host);
  return () => document.body.append(host);
};

/** The overlays' place on a surface, inside its main landmark, so that nothing lies outside of one. */
export const OverlayHost = () => <div ref={settle} />;
