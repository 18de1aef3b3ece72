import { documentInLink, isNetworkLink, linkFragment, LONGEST_LINK } from '../../graph-engine/sharing/linkFragment.ts';
import { currentDocument } from '../store/documentStore.ts';
import { showToast } from '../ui/Toast.tsx';
import { showLoaded } from './fileActions.ts';

/** What the browser's address is where other people can reach none: the desktop app's own pages. */
const DESKTOP_ADDRESS = 'skipwire:';

/** Puts a link that carries the shown document on the clipboard; says so where the document is too large for a link. */
export async function copyShareLink(): Promise<void> {
  const link = linkFragment(currentDocument());
  if (!link.ok) {
    showToast({
      tone: 'danger',
      title: 'Too large for a link',
      description: `The link would have ${link.length} characters, and mail and chat cut at ${LONGEST_LINK}. Send the file, or a PNG picture that carries the network.`,
    });
    return;
  }
  const base = window.skipwire === undefined ? location.origin + location.pathname : DESKTOP_ADDRESS;
  try {
    await navigator.clipboard.writeText(base + link.fragment);
    showToast({
      tone: 'success',
      title: 'Link copied',
      description: 'It carries the whole network. Open it in a browser with this editor, or paste it onto a canvas.',
    });
  } catch {
    showToast({ tone: 'danger', title: 'The browser does not let this page use the clipboard' });
  }
}

/** Opens the document of a link that was pasted; false where the text is no such link. */
export function openPastedLink(text: string): boolean {
  const loaded = documentInLink(text);
  if (loaded === undefined) return false;
  showLoaded('The link', loaded, null);
  return true;
}

/** Opens the document that the page's own address carries, now and whenever it changes, and clears it from the address. */
export function followAddress(): void {
  const take = (): void => {
    const { hash } = location;
    if (!isNetworkLink(hash)) return;
    // A reload must not open it a second time.
    history.replaceState(null, '', location.pathname + location.search);
    openPastedLink(hash);
  };
  take();
  window.addEventListener('hashchange', take);
}
