import type { ButtonHTMLAttributes } from 'react';

/** `stop` is for what ends something; `quiet` for what stands beside the main thing. */
export function Button({
  look = 'quiet',
  ...more
}: ButtonHTMLAttributes<HTMLButtonElement> & { look?: 'main' | 'quiet' | 'stop' }) {
  return <button type="button" {...more} className={`button ${look} ${more.className ?? ''}`} />;
}
