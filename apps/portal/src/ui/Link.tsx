import type { AnchorHTMLAttributes } from 'react';
import { go } from '../route.ts';

/** A link to a page of the portal; opened in another tab it works as any link. */
export function Link({ href, ...more }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  return (
    <a
      href={href}
      {...more}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(href);
      }}
    />
  );
}
