import { Button as BaseButton } from '@base-ui/react/button';
import type { ReactNode, Ref } from 'react';
import { classNames } from './classNames.ts';

export type ButtonVariant = 'primary' | 'secondary' | 'ghost' | 'danger';

export interface ButtonProps {
  readonly children: ReactNode;
  readonly variant?: ButtonVariant;
  readonly size?: 'sm' | 'md';
  readonly icon?: ReactNode;
  readonly disabled?: boolean;
  /** Keeps a disabled button focusable, so that its tooltip can say why it is disabled. */
  readonly focusableWhenDisabled?: boolean;
  readonly onClick?: () => void;
  readonly type?: 'button' | 'submit';
  readonly form?: string;
  readonly className?: string;
  readonly 'data-testid'?: string;
  readonly 'aria-label'?: string;
  readonly 'aria-describedby'?: string;
  readonly ref?: Ref<HTMLButtonElement>;
}

const VARIANTS: Readonly<Record<ButtonVariant, string>> = {
  primary:
    'bg-accent text-on-accent shadow-card hover:not-data-disabled:bg-accent-hover data-disabled:bg-pressed data-disabled:text-ink-muted data-disabled:shadow-none',
  secondary:
    'bg-raised text-ink border border-line shadow-card hover:not-data-disabled:bg-hover active:not-data-disabled:bg-pressed data-disabled:text-ink-faint data-disabled:shadow-none',
  ghost:
    'text-ink-muted hover:not-data-disabled:bg-hover hover:not-data-disabled:text-ink active:not-data-disabled:bg-pressed data-popup-open:bg-hover data-popup-open:text-ink data-disabled:opacity-50',
  danger:
    'bg-danger-soft text-danger hover:not-data-disabled:bg-[color-mix(in_srgb,var(--color-danger)_8%,var(--color-danger-soft))] data-disabled:opacity-60',
};

/** A push button. */
export function Button({
  children,
  variant = 'secondary',
  size = 'md',
  icon,
  className,
  type = 'button',
  ...rest
}: ButtonProps) {
  return (
    <BaseButton
      type={type}
      className={classNames(
        'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md font-medium whitespace-nowrap select-none transition-colors duration-100',
        size === 'sm' ? 'h-6 px-2 text-xs' : 'h-8 px-3 text-sm',
        VARIANTS[variant],
        className,
      )}
      {...rest}
    >
      {icon}
      {children}
    </BaseButton>
  );
}
