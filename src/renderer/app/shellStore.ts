import { createStore } from 'zustand/vanilla';

export type RightTab = 'inspector' | 'training' | 'history';

/** How the editor's window is arranged, beyond the sizes that the panels keep themselves. */
export interface ShellState {
  readonly tab: RightTab;
  readonly problemsOpen: boolean;
  readonly paletteOpen: boolean;
  readonly shortcutsOpen: boolean;
}

export const shellStore = createStore<ShellState>()(() => ({
  tab: 'inspector',
  problemsOpen: false,
  paletteOpen: false,
  shortcutsOpen: false,
}));

/** Brings a tab of the right panel to the front. */
export function showTab(tab: RightTab): void {
  shellStore.setState({ tab });
}

/** Opens or closes the list of problems. */
export function setProblemsOpen(problemsOpen: boolean): void {
  shellStore.setState({ problemsOpen });
}

/** Opens or closes the command palette. */
export function setPaletteOpen(paletteOpen: boolean): void {
  shellStore.setState({ paletteOpen });
}

/** Opens or closes the list of shortcuts. */
export function setShortcutsOpen(shortcutsOpen: boolean): void {
  shellStore.setState({ shortcutsOpen });
}
