import type { ComponentProps, ReactNode } from 'react';
import { Tooltip } from './Tooltip.tsx';
import './controls.css';

type ButtonProps = ComponentProps<'button'> & {
  /** `primary` at most once per view; `quiet` has no frame until pointed at. */
  kind?: 'primary' | 'plain' | 'quiet' | 'danger';
};

export function Button({ kind = 'plain', className = '', type = 'button', ...rest }: ButtonProps) {
  return <button {...rest} type={type} data-kind={kind} className={`button ${className}`} />;
}

/** A button that is only an icon; its label is its tooltip. */
export function IconButton({
  label,
  children,
  hint,
  kind = 'quiet',
  className = '',
  ...rest
}: ButtonProps & { label: string; children: ReactNode; hint?: string }) {
  return (
    <Tooltip text={hint ?? label}>
      <Button {...rest} kind={kind} className={`icon-button ${className}`} aria-label={label}>
        {children}
      </Button>
    </Tooltip>
  );
}
