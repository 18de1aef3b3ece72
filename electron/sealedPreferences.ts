import type { WebPreferences } from 'electron';

/** How every page of the app is shut in, whatever it shows: no Node, a sandbox, and nothing but its own preload script between. */
export function sealedPreferences(preload: string) {
  return {
    preload,
    contextIsolation: true,
    sandbox: true,
    nodeIntegration: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
  } satisfies WebPreferences;
}
