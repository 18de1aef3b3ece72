import { Menu as BaseMenu } from '@base-ui/react/menu';
import type { ReactElement, ReactNode } from 'react';
import { classNames } from './classNames.ts';

export interface MenuItem {
  readonly label: string;
  readonly icon?: ReactNode;
  readonly shortcut?: string;
  readonly disabled?: boolean;
  readonly danger?: boolean;
  readonly onSelect: () => void;
  readonly testId?: string;
}

export interface MenuProps {
  /** The button that opens the menu; it must accept a ref and props. */
  readonly trigger: ReactElement;
  /** `'separator'` draws a line. */
  readonly items: readonly (MenuItem | 'separator')[];
  readonly align?: 'start' | 'center' | 'end';
}

/** A drop-down list of actions. */
export function Menu({ trigger, items, align = 'start' }: MenuProps) {
  return (
    <BaseMenu.Root>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={4} align={align} className="z-40 outline-none">
          <BaseMenu.Popup className="min-w-52 origin-[var(--transform-origin)] rounded-lg bg-raised p-1 text-ink shadow-popup outline-none transition-[scale,opacity] duration-100 data-ending-style:scale-[0.98] data-ending-style:opacity-0 data-starting-style:scale-[0.98] data-starting-style:opacity-0">
            {items.map((item, index) =>
              item === 'separator' ? (
                <BaseMenu.Separator key={`separator-${index}`} className="mx-1 my-1 h-px bg-line" />
              ) : (
                <BaseMenu.Item
                  key={item.label}
                  disabled={item.disabled}
                  onClick={item.onSelect}
                  data-testid={item.testId}
                  className={classNames(
                    'flex h-7 items-center gap-2 rounded-sm px-2 text-sm outline-none select-none data-disabled:opacity-50 data-highlighted:bg-hover',
                    item.danger === true && 'text-danger',
                  )}
                >
                  <span aria-hidden className="flex w-4 justify-center text-ink-muted">
                    {item.icon}
                  </span>
                  <span className="flex-1">{item.label}</span>
                  {item.shortcut !== undefined && (
                    <kbd className="pl-6 font-sans text-2xs text-ink-muted">{item.shortcut}</kbd>
                  )}
                </BaseMenu.Item>
              ),
            )}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}
