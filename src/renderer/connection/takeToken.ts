const STORAGE_KEY = 'skipwire.token';

/** The token in a URL fragment, written `#token=…`; null when there is none. */
export function tokenInFragment(fragment: string): string | null {
  return new URLSearchParams(fragment.replace(/^#/, '')).get('token');
}

/**
 * Takes the token out of the address bar, where it would be copied along with a link or seen over a shoulder, and keeps
 * it for this tab so that a reload works. Empty when none was ever given.
 */
export function takeToken(): string {
  const fresh = tokenInFragment(location.hash);
  try {
    if (fresh !== null) sessionStorage.setItem(STORAGE_KEY, fresh);
    const token = fresh ?? sessionStorage.getItem(STORAGE_KEY) ?? '';
    if (fresh !== null)
      history.replaceState(null, '', location.pathname + location.search + withoutToken(location.hash));
    return token;
  } catch {
    // Without storage the fragment stays, or a reload would lose the token.
    return fresh ?? '';
  }
}

/** Greets with another token from now on, also after a reload. */
export function keepToken(token: string): void {
  try {
    sessionStorage.setItem(STORAGE_KEY, token);
  } catch {
    // It lasts as long as the page.
  }
}

/** The fragment without its token: a link may carry a network beside it. */
function withoutToken(fragment: string): string {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''));
  fields.delete('token');
  return fields.size === 0 ? '' : `#${fields.toString()}`;
}
