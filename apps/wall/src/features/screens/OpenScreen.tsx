import { ExternalLink } from 'lucide-react';

/** The page of a screen: what its monitor's browser opens. */
export const screenAddress = (screen: string): string => `/screen/${screen}`;

/** The next step for a screen that no window shows. */
export function OpenScreen({
  screen,
  className,
  label = 'Open this screen in a window',
}: {
  screen: string;
  className: string;
  label?: string;
}) {
  return (
    <a className={className} href={screenAddress(screen)} target="_blank" rel="noopener">
      <ExternalLink aria-hidden="true" />
      <span className="mini-word">{label}</span>
    </a>
  );
}
