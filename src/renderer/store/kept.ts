/** What the browser keeps under a name; `null` when it has nothing, or forbids to keep. */
export function readKept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Keeps a text for the next time the editor is opened; where that is forbidden it lasts as long as the page. */
export function keep(name: string, text: string): void {
  try {
    localStorage.setItem(name, text);
  } catch {
    // Nothing to be done, and nothing worth telling.
  }
}
