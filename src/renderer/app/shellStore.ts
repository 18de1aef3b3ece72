import { createStore } from 'zustand/vanilla';

/** Which of the editor's own dialogs are open. */
export interface ShellState {
  readonly paletteOpen: boolean;
  readonly shortcutsOpen: boolean;
  readonly connectOpen: boolean;
}

export const shellStore = createStore<ShellState>()(() => ({
  paletteOpen: false,
  shortcutsOpen: false,
  connectOpen: false,
}));

/** Opens or closes the command palette. */
export function setPaletteOpen(paletteOpen: boolean): void {
  shellStore.setState({ paletteOpen });
}

/** Opens or closes the list of shortcuts. */
export function setShortcutsOpen(shortcutsOpen: boolean): void {
  shellStore.setState({ shortcutsOpen });
}

/** Opens or closes the dialog that connects with a host. */
export function setConnectOpen(connectOpen: boolean): void {
  shellStore.setState({ connectOpen });
}
