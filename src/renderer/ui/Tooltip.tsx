import { Tooltip as BaseTooltip } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';

/** Shares the delay between neighbouring tooltips; once, round the whole page. */
export const TooltipProvider = BaseTooltip.Provider;

export interface TooltipProps {
  readonly content: ReactNode;
  /** The keys that do the same, such as `Ctrl+S`. */
  readonly shortcut?: string;
  readonly side?: 'top' | 'bottom' | 'left' | 'right';
  /** The element explained; it must accept a ref and props. */
  readonly children: ReactElement;
}

/** A hint for its child, shown on hover and on keyboard focus. The child still needs its own accessible name. */
export function Tooltip({ content, shortcut, side = 'bottom', children }: TooltipProps) {
  return (
    <BaseTooltip.Root>
      <BaseTooltip.Trigger render={children} />
      <BaseTooltip.Portal>
        <BaseTooltip.Positioner side={side} sideOffset={6} className="z-50">
          <BaseTooltip.Popup className="flex max-w-72 items-center gap-2 rounded-sm bg-raised px-2 py-1 text-xs text-ink shadow-popup transition-opacity duration-100 data-ending-style:opacity-0 data-starting-style:opacity-0">
            <span>{content}</span>
            {shortcut !== undefined && <kbd className="font-sans text-2xs text-ink-muted">{shortcut}</kbd>}
          </BaseTooltip.Popup>
        </BaseTooltip.Positioner>
      </BaseTooltip.Portal>
    </BaseTooltip.Root>
  );
}
