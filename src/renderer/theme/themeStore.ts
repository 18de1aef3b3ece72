import { createStore } from 'zustand/vanilla';
import { keep, readKept } from '../store/kept.ts';

export type ThemeChoice = 'system' | 'light' | 'dark';
export type Theme = 'light' | 'dark';

export interface ThemeState {
  readonly choice: ThemeChoice;
  /** What is shown: the choice, or what the system prefers. */
  readonly theme: Theme;
}

const STORAGE_KEY = 'skipwire.theme';
const CHOICES: readonly ThemeChoice[] = ['system', 'light', 'dark'];

/** Which theme a choice means when the system prefers dark or not. */
export function resolveTheme(choice: ThemeChoice, systemPrefersDark: boolean): Theme {
  if (choice !== 'system') return choice;
  return systemPrefersDark ? 'dark' : 'light';
}

/** The choice after this one when the theme button is pressed: system, light, dark, and round again. */
export function nextThemeChoice(choice: ThemeChoice): ThemeChoice {
  return CHOICES[(CHOICES.indexOf(choice) + 1) % CHOICES.length] ?? 'system';
}

/** Reads a stored choice; anything unknown is `system`. */
export function parseThemeChoice(text: string | null): ThemeChoice {
  return CHOICES.find((choice) => choice === text) ?? 'system';
}

export const themeStore = createStore<ThemeState>()(() => ({ choice: 'system', theme: 'light' }));

/** Sets and remembers the choice. */
export function chooseTheme(choice: ThemeChoice): void {
  keep(STORAGE_KEY, choice);
  show(choice);
}

/** Shows the remembered theme and follows the system from now on. Call once, before the first paint. */
export function startTheme(): void {
  const system = window.matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', () => show(themeStore.getState().choice));
  show(parseThemeChoice(readKept(STORAGE_KEY)));
}

function show(choice: ThemeChoice): void {
  const theme = resolveTheme(choice, window.matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset['theme'] = theme;
  themeStore.setState({ choice, theme });
}
