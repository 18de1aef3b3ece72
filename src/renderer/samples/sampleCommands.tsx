import { AudioLines, ChevronLeft, ChevronRight, Dices, ScanEye } from 'lucide-react';
import { networkFingerprint } from '../../graph-engine/document/networkFingerprint.ts';
import type { AppCommand } from '../app/appCommands.tsx';
import { documentStore } from '../store/documentStore.ts';
import { runStore } from '../training/runStore.ts';
import { setVarianceOpen } from '../variance/varianceStore.ts';
import { firstWeights, runsToLookAt } from './runsToLookAt.ts';
import { chooseWeights, sampleStore, setSamplesOpen, showRandomSample, stepSample } from './sampleStore.ts';

const SIZE = { size: 15, 'aria-hidden': true } as const;

/** Sends a sample through the network, or puts the samples away. */
export function toggleSamples(): void {
  const { open } = sampleStore.getState();
  if (!open) {
    const network = networkFingerprint(documentStore.getState().document);
    chooseWeights(firstWeights(runsToLookAt(runStore.getState().summaries, network)));
  }
  setSamplesOpen(!open);
}

function withSamples(run: () => void): () => void {
  return () => {
    if (sampleStore.getState().open) run();
    else toggleSamples();
  };
}

/** Commands about the sample that is looked at. */
export const sampleCommands: readonly AppCommand[] = [
  {
    id: 'sample:toggle',
    label: 'Look at a sample on its way',
    icon: <ScanEye {...SIZE} />,
    shortcut: 'Alt+S',
    enabled: true,
    run: toggleSamples,
  },
  {
    id: 'sample:previous',
    label: 'Previous sample',
    icon: <ChevronLeft {...SIZE} />,
    shortcut: 'Alt+,',
    enabled: true,
    run: withSamples(() => stepSample(-1)),
  },
  {
    id: 'sample:next',
    label: 'Next sample',
    icon: <ChevronRight {...SIZE} />,
    shortcut: 'Alt+.',
    enabled: true,
    run: withSamples(() => stepSample(1)),
  },
  {
    id: 'sample:random',
    label: 'Any sample',
    icon: <Dices {...SIZE} />,
    shortcut: 'Alt+R',
    enabled: true,
    run: withSamples(() => showRandomSample()),
  },
  {
    id: 'sample:variance',
    label: 'How signals spread with depth…',
    icon: <AudioLines {...SIZE} />,
    enabled: true,
    run: () => setVarianceOpen(true),
  },
];
