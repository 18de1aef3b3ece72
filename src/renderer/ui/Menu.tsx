import { Menu as BaseMenu } from '@base-ui/react/menu';
import { Check, ChevronRight } from 'lucide-react';
import type { ReactElement, ReactNode, RefObject } from 'react';
import { classNames } from './classNames.ts';

export interface MenuItem {
  readonly label: string;
  readonly icon?: ReactNode;
  readonly shortcut?: string;
  readonly disabled?: boolean;
  readonly danger?: boolean;
  /** Makes it a switch that is on or off. */
  readonly checked?: boolean;
  readonly onSelect: () => void;
  readonly testId?: string;
}

/** Further items behind one. */
export interface Submenu {
  readonly label: string;
  readonly icon?: ReactNode;
  readonly items: readonly MenuItem[];
  readonly testId?: string;
}

/** `'separator'` draws a line. */
type MenuEntry = MenuItem | Submenu | 'separator';

export interface MenuProps {
  /** The button that opens the menu; it must accept a ref and props. */
  readonly trigger: ReactElement;
  readonly items: readonly MenuEntry[];
  readonly align?: 'start' | 'center' | 'end';
  /** For items that are found out only then. */
  readonly onOpen?: () => void;
}

const POPUP =
  'min-w-52 max-w-[min(24rem,90vw)] origin-[var(--transform-origin)] rounded-lg bg-raised p-1 text-ink shadow-popup outline-none transition-[scale,opacity] duration-100 data-ending-style:scale-[0.98] data-ending-style:opacity-0 data-starting-style:scale-[0.98] data-starting-style:opacity-0';
const LONG = 'max-h-[calc(100vh-0.75rem)] overflow-y-auto';
const ITEM =
  'flex h-7 items-center gap-2 rounded-sm px-2 text-sm outline-none select-none data-disabled:opacity-50 data-highlighted:bg-hover data-popup-open:bg-hover';

/** A drop-down list of actions. */
export function Menu({ trigger, items, align = 'start', onOpen }: MenuProps) {
  return (
    <BaseMenu.Root onOpenChange={(open) => open && onOpen?.()}>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={4} align={align} className="z-40 outline-none">
          <BaseMenu.Popup className={POPUP}>
            <Entries items={items} />
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

export interface PopupMenuProps {
  /** Where it opens, in points of the window. */
  readonly at: { readonly x: number; readonly y: number };
  readonly items: readonly MenuEntry[];
  readonly onClose: () => void;
  /** What has the focus afterwards. */
  readonly returnFocus: RefObject<HTMLElement | null>;
  readonly testId?: string;
}

/** A list of actions for a place that was pressed; it is open as long as it is there. */
export function PopupMenu({ at, items, onClose, returnFocus, testId }: PopupMenuProps) {
  const anchor = { getBoundingClientRect: () => new DOMRect(at.x, at.y, 0, 0) };
  return (
    <BaseMenu.Root open modal={false} onOpenChange={(open) => !open && onClose()}>
      <BaseMenu.Portal>
        <BaseMenu.Positioner
          anchor={anchor}
          align="start"
          sideOffset={2}
          // A long list has room neither above nor below a place: it moves until all of it is in the window.
          collisionAvoidance={{ side: 'shift', align: 'shift' }}
          className="z-40 outline-none"
        >
          <BaseMenu.Popup className={classNames(POPUP, LONG)} finalFocus={returnFocus} data-testid={testId}>
            <Entries items={items} />
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

function Entries({ items }: { readonly items: readonly MenuEntry[] }) {
  return items.map((item, index) =>
    item === 'separator' ? (
      <BaseMenu.Separator key={`separator-${index}`} className="mx-1 my-1 h-px bg-line" />
    ) : 'items' in item ? (
      <SubmenuItem key={item.label} submenu={item} />
    ) : (
      <Item key={item.label} item={item} />
    ),
  );
}

function Item({ item }: { readonly item: MenuItem }) {
  const common = {
    disabled: item.disabled,
    onClick: item.onSelect,
    'data-testid': item.testId,
    className: classNames(ITEM, item.danger === true && 'text-danger'),
  };
  const content = (
    <>
      <span aria-hidden className="flex w-4 shrink-0 justify-center text-ink-muted">
        {item.icon}
      </span>
      <span className="min-w-0 flex-1 truncate">{item.label}</span>
      {item.shortcut !== undefined && <kbd className="pl-6 font-sans text-2xs text-ink-muted">{item.shortcut}</kbd>}
      {item.checked !== undefined && (
        <span className="flex w-4 shrink-0 justify-center text-accent-ink">
          {item.checked && <Check size={14} aria-hidden />}
        </span>
      )}
    </>
  );
  return item.checked === undefined ? (
    <BaseMenu.Item {...common}>{content}</BaseMenu.Item>
  ) : (
    <BaseMenu.CheckboxItem {...common} checked={item.checked} closeOnClick>
      {content}
    </BaseMenu.CheckboxItem>
  );
}

function SubmenuItem({ submenu: { label, icon, items, testId } }: { readonly submenu: Submenu }) {
  return (
    <BaseMenu.SubmenuRoot>
      <BaseMenu.SubmenuTrigger disabled={items.length === 0} data-testid={testId} className={ITEM}>
        <span aria-hidden className="flex w-4 shrink-0 justify-center text-ink-muted">
          {icon}
        </span>
        <span className="flex-1">{label}</span>
        <ChevronRight size={13} aria-hidden className="text-ink-muted" />
      </BaseMenu.SubmenuTrigger>
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={2} className="z-50 outline-none">
          <BaseMenu.Popup className={POPUP}>
            {items.map((item) => (
              <Item key={item.label} item={item} />
            ))}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.SubmenuRoot>
  );
}
