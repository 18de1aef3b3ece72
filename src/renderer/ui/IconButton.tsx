import { Button as BaseButton } from '@base-ui/react/button';
import type { ReactNode, Ref } from 'react';
import { classNames } from './classNames.ts';
import { Tooltip } from './Tooltip.tsx';

export interface IconButtonProps {
  /** Accessible name, shown as a tooltip too. */
  readonly label: string;
  readonly icon: ReactNode;
  readonly shortcut?: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly onClick?: () => void;
  readonly className?: string;
  readonly side?: 'top' | 'bottom' | 'left' | 'right';
  readonly 'data-testid'?: string;
  readonly ref?: Ref<HTMLButtonElement>;
}

/** A square button with an icon, its name in a tooltip. */
export function IconButton({ label, icon, shortcut, pressed, className, side, ...rest }: IconButtonProps) {
  return (
    <Tooltip content={label} {...(shortcut !== undefined && { shortcut })} {...(side !== undefined && { side })}>
      <BaseButton
        aria-label={label}
        aria-pressed={pressed}
        focusableWhenDisabled
        className={classNames(
          'inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-muted transition-colors duration-100 select-none',
          'hover:not-data-disabled:bg-hover hover:not-data-disabled:text-ink active:not-data-disabled:bg-pressed data-disabled:opacity-40',
          pressed === true && 'bg-accent-soft text-accent-ink',
          className,
        )}
        {...rest}
      >
        {icon}
      </BaseButton>
    </Tooltip>
  );
}
