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
  const name = key.length === 1 ? key.toUpperCase() : key;
  return [
    ...(ctrlKey || metaKey ? ['Ctrl'] : []),
    ...(altKey ? ['Alt'] : []),
    ...(shiftKey ? ['Shift'] : []),
    name,
  ].join('+');
}

/** A shortcut as this platform writes it: `⇧⌘S` on a Mac. */
export function displayShortcut(shortcut: string, isMac: boolean): string {
  if (!isMac) return shortcut;
  const signs: Readonly<Record<string, string>> = { Ctrl: '⌘', Alt: '⌥', Shift: '⇧', Enter: '↩' };
  const parts = shortcut.split('+');
  const order = ['Alt', 'Shift', 'Ctrl'];
  const modifiers = order.filter((part) => parts.includes(part));
  const key = parts.at(-1) ?? '';
  return [...modifiers.map((part) => signs[part] ?? part), signs[key] ?? key].join('');
}
