import './app/configureZod.ts';
import '@fontsource-variable/inter/wght.css';
import './theme/theme.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App.tsx';
import { panes } from './app/panes.tsx';
import { openHost } from './connection/openHost.ts';
import { openCarried } from './files/openCarried.ts';
import { followHost } from './connection/hostStore.ts';
import { followLibrary } from './blocks/ownLibrary.ts';
import { followJournal } from './files/journal.ts';
import { followFiles } from './files/outsideChanges.ts';
import { followAddress } from './files/shareLinks.ts';
import { followRecent } from './files/recentDocuments.ts';
import { startPanes } from './panes/paneStore.ts';
import { followArchive } from './runs/factsStore.ts';
import { followSamples } from './samples/followSamples.ts';
import { startDrafts } from './store/startDrafts.ts';
import { startTheme } from './theme/themeStore.ts';
import { startGuide } from './tour/tourStore.ts';
import { followStatistics } from './statistics/statisticsStore.ts';
import { followSweeps } from './sweeps/sweepStore.ts';
import { followRuns } from './training/runStore.ts';
import { showToast } from './ui/Toast.tsx';

startTheme();
startPanes(panes);
const host = openHost();
const { restored, unreadable } = await startDrafts(() => {
  showToast({
    tone: 'danger',
    title: 'No draft is kept',
    description: 'The browser has no room for it. Save to a file before closing this page.',
  });
}, host.remote);
openCarried();
for (const reason of unreadable) {
  showToast({ tone: 'danger', title: 'A draft could not be read', description: reason });
}
startGuide();
followHost(host.connection);
followRuns(host.connection);
followArchive(host.connection);
followSweeps(host.connection);
followStatistics(host.connection);
followJournal(host.connection, restored);
followFiles(host.connection);
followRecent(host.connection);
followLibrary(host.connection);
followAddress();
followSamples(host.connection);

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no #root.');
createRoot(root).render(
  <StrictMode>
    <App host={host} />
  </StrictMode>,
);
