import { unsavedMark, type AdoptedRuns } from './adoptedRuns.ts';
import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import type { Metrics, RunEvent, RunId, RunRecord, RunState, RunSummary, StepMetrics } from '../../contract/run.ts';

/** What the editor knows of one run beyond its summary. */
export interface RunDetails {
  /** False while only what was heard live is here; what came before is still to be read from the host. */
  readonly complete: boolean;
  readonly metrics: readonly Metrics[];
  readonly notices: readonly string[];
}

export interface Runs {
  readonly summaries: Readonly<Record<RunId, RunSummary>>;
  readonly details: Readonly<Record<RunId, RunDetails>>;
  /** The run whose curves are shown. */
  readonly shown: RunId | null;
  readonly adopted: AdoptedRuns;
}

export const NO_RUNS: Runs = { summaries: {}, details: {}, shown: null, adopted: {} };
const NO_DETAILS: RunDetails = { complete: false, metrics: [], notices: [] };

/** Whether a run is under way. */
export function isActive(state: RunState): boolean {
  return (
    state.status === 'queued' ||
    state.status === 'compiling' ||
    state.status === 'running' ||
    state.status === 'stopping'
  );
}

/** Whether a run can go on where it stood. */
export function canBeResumed({ status }: RunState): boolean {
  return status === 'paused' || status === 'interrupted' || status === 'stopped' || status === 'failed';
}

/** The state after something was heard from the host. */
export function withRunEvent(runs: Runs, event: RunEvent): Runs {
  if (event.kind === 'state') return { ...runs, summaries: { ...runs.summaries, [event.run]: event.summary } };
  const details = detailsAfter(runs.details[event.run] ?? NO_DETAILS, event);
  return { ...runs, details: { ...runs.details, [event.run]: details } };
}

function detailsAfter(before: RunDetails, event: Exclude<RunEvent, { kind: 'state' }>): RunDetails {
  switch (event.kind) {
    case 'metrics':
      return { ...before, metrics: joinMetrics(before.metrics, event.metrics) };
    case 'rewound':
      return { ...before, metrics: before.metrics.filter(({ step }) => step <= event.step) };
    case 'notice':
      return { ...before, notices: joinNotices(before.notices, [event.text]) };
    default:
      return assertNever(event);
  }
}

/** The state after the host listed its runs: the list is the truth, also about runs that were deleted. */
export function withRunList(runs: Runs, list: readonly RunSummary[]): Runs {
  const summaries = Object.fromEntries(list.map((summary) => [summary.id, summary]));
  const known = ([id]: [string, RunDetails]) => id in summaries;
  return {
    ...runs,
    summaries,
    details: Object.fromEntries(Object.entries(runs.details).filter(known)),
    shown: runs.shown !== null && runs.shown in summaries ? runs.shown : null,
  };
}

/** The state after a run was read; what was heard live in the meantime is kept behind it. */
export function withRunRecord(runs: Runs, record: RunRecord): Runs {
  const { id } = record.summary;
  const heard = runs.details[id] ?? NO_DETAILS;
  const details: RunDetails = {
    complete: true,
    metrics: joinMetrics(record.metrics, heard.metrics),
    notices: joinNotices(record.notices, heard.notices),
  };
  return {
    ...runs,
    summaries: { ...runs.summaries, [id]: record.summary },
    details: { ...runs.details, [id]: details },
  };
}

/** After the host was away, live metrics may be missing or void: everything must be read again. */
export function withGap(runs: Runs): Runs {
  const details = Object.entries(runs.details).map(
    ([id, one]) => [id, { ...one, complete: false, metrics: [] }] as const,
  );
  return { ...runs, details: Object.fromEntries(details) };
}

/**
 * Runs of a document, newest first: those of its file, and those started before it had one. A run that names no file and
 * was not adopted by one is known by the document's name. `document` is what the open document is told from others by.
 */
export function runsOfDocument(
  runs: Pick<Runs, 'summaries' | 'adopted'>,
  path: string | null,
  name: string,
  document: string,
): RunSummary[] {
  return Object.values(runs.summaries)
    .filter((run) => {
      const file = run.documentPath ?? runs.adopted[run.id];
      return file === undefined || (path === null && run.documentPath !== undefined)
        ? run.name === name
        : file === (path ?? unsavedMark(document));
    })
    .sort((one, other) => other.started - one.started);
}

/** Runs with kept weights that fit a network (see `networkFingerprint`), newest first, whatever its document was called then. */
export function runsThatFit(runs: Runs, network: string): RunSummary[] {
  return Object.values(runs.summaries)
    .filter((run) => run.best !== undefined && run.network === network)
    .sort((one, other) => other.started - one.started);
}

/** The run to show when a document is opened: the one under way, else the newest. */
export function runToShow(ofDocument: readonly RunSummary[]): RunId | null {
  return (underWay(ofDocument) ?? ofDocument[0])?.id ?? null;
}

/** The run at work, else the one that waits longest. */
function underWay(ofDocument: readonly RunSummary[]): RunSummary | undefined {
  const active = ofDocument.filter((run) => isActive(run.state));
  return active.find((run) => run.state.status !== 'queued') ?? active.at(-1);
}

/** The run of a document that is under way. */
export function activeRun(runs: Runs, path: string | null, name: string, document: string): RunSummary | undefined {
  return underWay(runsOfDocument(runs, path, name, document));
}

/** The last step reported. */
export function lastStep(metrics: readonly Metrics[]): StepMetrics | undefined {
  return metrics.findLast((one) => one.kind === 'step');
}

/** `later` behind `earlier`, without what both have. Steps never fall, and an epoch's end comes behind its last step. */
function joinMetrics(earlier: readonly Metrics[], later: readonly Metrics[]): readonly Metrics[] {
  const last = earlier.at(-1);
  if (last === undefined) return later;
  const fresh = later.filter((one) => one.step > last.step || (one.step === last.step && rank(one) > rank(last)));
  return fresh.length === 0 ? earlier : [...earlier, ...fresh];
}

function rank(metrics: Metrics): number {
  return metrics.kind === 'epoch' ? 1 : 0;
}

function joinNotices(earlier: readonly string[], later: readonly string[]): readonly string[] {
  return [...new Set([...earlier, ...later])];
}
