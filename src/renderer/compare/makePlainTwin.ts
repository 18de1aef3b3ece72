import { describeLeft, describeTwin } from '../../graph-engine/twin/describeTwin.ts';
import { plainTwin } from '../../graph-engine/twin/plainTwin.ts';
import { startFrom } from '../files/fileActions.ts';
import { showPane } from '../panes/paneStore.ts';
import { showBeside } from '../store/besideStore.ts';
import { currentDocument, documentStore } from '../store/documentStore.ts';
import { showToast } from '../ui/Toast.tsx';

/** Long enough to read what became of the network, and to press the button under it. */
const READING_TIME = 15_000;

/** Opens the shown network without its skips in a tab of its own and tells what is gone; says why where there is nothing to take. */
export function makePlainTwin(): void {
  const original = documentStore.getState().id;
  const made = plainTwin(currentDocument());
  if (!made.ok) {
    const { code, message, received, remedy } = made.error;
    const mistaken = code === 'twin/errors';
    showToast({
      tone: 'danger',
      title: 'No twin was made',
      description: [message, ...(mistaken && received !== undefined ? [received] : []), remedy].join(' '),
      action: mistaken
        ? { label: 'Show the mistakes', onSelect: () => showPane('problems') }
        : { label: 'Show blocks and networks', onSelect: () => showPane('palette') },
    });
    return;
  }
  startFrom(made.value.document);
  const close = showToast({
    tone: 'success',
    title: 'This is the plain twin',
    description: [
      describeTwin(made.value),
      ...describeLeft(made.value),
      'Train both, and compare their curves in Runs.',
    ].join(' '),
    action: {
      label: 'Show the original beside it',
      onSelect: () => {
        close();
        showBeside(original);
      },
    },
    timeout: READING_TIME,
  });
}
