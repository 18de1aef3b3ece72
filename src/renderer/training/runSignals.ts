import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { RunSummary } from '../../contract/run.ts';
import type { SkipwireBridge } from '../connection/messagePortLink.ts';
import { bestFigure, describeRun } from './describeRun.ts';
import { isActive } from './runs.ts';

const STORAGE_KEY = 'skipwire.notify';

interface Signals {
  /** Whether the end of a run is told while the window is not looked at. */
  readonly wanted: boolean;
}

export const signalStore = createStore<Signals>()(() => ({ wanted: readWanted() }));

/** Whether ends of runs are told. */
export function useNotifies(): boolean {
  return useStore(signalStore, (state) => state.wanted);
}

function readWanted(): boolean {
  try {
    return localStorage.getItem(STORAGE_KEY) !== 'off';
  } catch {
    return true;
  }
}

/** Turns telling on or off, and remembers it. */
export function setNotifies(wanted: boolean): void {
  signalStore.setState({ wanted });
  try {
    localStorage.setItem(STORAGE_KEY, wanted ? 'on' : 'off');
  } catch {
    // Without storage it lasts as long as the page.
  }
  askToNotify();
}

function desktop(): SkipwireBridge | undefined {
  return window.skipwire;
}

/** Asks the browser, once, whether it may tell; browsers want this to follow a press. The desktop shell need not ask. */
export function askToNotify(): void {
  if (!signalStore.getState().wanted || desktop()?.notify !== undefined) return;
  if ('Notification' in window && Notification.permission === 'default') void Notification.requestPermission();
}

/** The runs that have ended between two looks at all runs, by their own doing. */
export function endedRuns(
  before: Readonly<Record<string, RunSummary>>,
  now: Readonly<Record<string, RunSummary>>,
): readonly RunSummary[] {
  return Object.values(now).filter((run) => {
    const earlier = before[run.id];
    // What the user has stopped or let rest needs no telling.
    const byItself = ['finished', 'failed', 'interrupted'].includes(run.state.status);
    // Of a sweep its own end is told.
    return earlier !== undefined && isActive(earlier.state) && byItself && run.sweep === undefined;
  });
}

/** The end of a run in words. */
export function noticeOf(run: RunSummary): { readonly title: string; readonly body: string } {
  const { label, detail } = describeRun(run.state);
  const best = bestFigure(run);
  return {
    title: `${run.name}: ${label.toLowerCase()}`,
    body:
      detail ??
      (best === undefined ? `${run.epochs} epochs` : `Best ${best} after ${run.best?.epoch ?? run.epochs} epochs`),
  };
}

/** Tells something through the desktop or the browser, unless the window is looked at or nobody wants it. */
export function tellOutside(notice: { readonly title: string; readonly body: string }): void {
  if (!signalStore.getState().wanted || document.hasFocus()) return;
  const shell = desktop();
  if (shell?.notify !== undefined) {
    shell.notify(notice);
    return;
  }
  if (!('Notification' in window) || Notification.permission !== 'granted') return;
  const notification = new Notification(notice.title, { body: notice.body, tag: 'skipwire-run' });
  notification.onclick = () => window.focus();
}
