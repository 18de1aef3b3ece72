/** The parts of a keyboard event that a shortcut is made of. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** A press as it is written in menus, such as `Ctrl+Shift+S`; the command key of a Mac counts as Ctrl. */
export function shortcutOf({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyPress): string {
  const name = key === ' ' ? 'Space' : key.length === 1 ? key.toUpperCase() : key;
  // Which sign needs Shift depends on the keyboard: the sign itself says enough.
  const isSign = key.length === 1 && key !== ' ' && key.toUpperCase() === key.toLowerCase();
  return [
    ...(ctrlKey || metaKey ? ['Ctrl'] : []),
    ...(altKey ? ['Alt'] : []),
    ...(shiftKey && !isSign ? ['Shift'] : []),
    name,
  ].join('+');
}

const ARROWS: Readonly<Record<string, string>> = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' };

/** A shortcut as this platform writes it: `⇧⌘S` on a Mac. */
export function displayShortcut(shortcut: string, isMac: boolean): string {
  if (!isMac) return shortcut.replace(/Arrow\w+/, (arrow) => ARROWS[arrow] ?? arrow);
  const signs: Readonly<Record<string, string>> = { Ctrl: '⌘', Alt: '⌥', Shift: '⇧', Enter: '↩', ...ARROWS };
  const parts = shortcut.split('+');
  const order = ['Alt', 'Shift', 'Ctrl'];
  const modifiers = order.filter((part) => parts.includes(part));
  const key = parts.at(-1) ?? '';
  return [...modifiers.map((part) => signs[part] ?? part), signs[key] ?? key].join('');
}

/** Whether the page runs on a Mac, whose shortcuts are written with signs. */
export function onMac(): boolean {
  return typeof navigator !== 'undefined' && navigator.userAgent.includes('Mac');
}
