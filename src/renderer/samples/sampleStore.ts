import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { CallOutput, HostProblem } from '../../contract/contract.ts';
import type { ProbeLesion, ProbeWeights, SampleView } from '../../contract/samples.ts';
import type { ColourMapName } from '../../graph-engine/probe/colourMap.ts';
import type { PictureStyle, ValueReading } from '../../graph-engine/probe/valueReading.ts';

/** How far the network that is looked at is ready for samples. */
export type SampleSession =
  | { readonly status: 'opening' }
  | ({ readonly status: 'ready' } & CallOutput<'probe/open'>)
  | { readonly status: 'failed'; readonly problem: HostProblem };

/** The values at one path. */
export interface PathReading {
  /** Names the session, sample, lesions and style they belong to: while another is wanted they are out of date. */
  readonly key: string;
  readonly values: readonly { readonly port: string; readonly reading: ValueReading }[];
}

export interface SampleState {
  /** Whether a sample is looked at. */
  readonly open: boolean;
  readonly weights: ProbeWeights;
  readonly sample: number;
  readonly style: PictureStyle;
  readonly colours: ColourMapName;
  readonly lesions: readonly ProbeLesion[];
  readonly session: SampleSession;
  /** The sample itself, when it is known. */
  readonly view: SampleView | null;
  /** Why the values of a sample could not be read. */
  readonly problem: HostProblem | null;
  /** What the canvas shows at the moment, as paths. */
  readonly visible: readonly string[];
  /** The path that is looked at as a whole; `null` when there is none. */
  readonly inspected: string | null;
  readonly readings: ReadonlyMap<string, PathReading>;
  readonly whole: PathReading | null;
  /** The outputs without lesions, to compare with. */
  readonly baseline: ReadonlyMap<string, PathReading>;
}

export const sampleStore = createStore<SampleState>()(() => ({
  open: false,
  weights: { kind: 'initial' },
  sample: 0,
  style: 'tiles',
  colours: 'viridis',
  lesions: [],
  session: { status: 'opening' },
  view: null,
  problem: null,
  visible: [],
  inspected: null,
  readings: new Map(),
  whole: null,
  baseline: new Map(),
}));

/** Reads the looked-at sample in a component. */
export function useSample<T>(selector: (state: SampleState) => T): T {
  return useStore(sampleStore, selector);
}

/** What readings must have been made for to be those that are wanted; `null` while there is nothing to read. */
export function wantedKey({
  session,
  sample,
  lesions,
  style,
}: Pick<SampleState, 'session' | 'sample' | 'lesions' | 'style'>): string | null {
  return session.status === 'ready' ? JSON.stringify([session.session, sample, lesions, style]) : null;
}

/** Shows the samples, or puts them away. */
export function setSamplesOpen(open: boolean): void {
  sampleStore.setState(open ? { open } : { open, lesions: [], readings: new Map(), whole: null, baseline: new Map() });
}

/** Looks at another sample. */
export function showSample(sample: number): void {
  sampleStore.setState({ sample, view: null });
}

/** Goes to a sample that many places further, round the ends. */
export function stepSample(distance: number): void {
  const { session, sample } = sampleStore.getState();
  if (session.status !== 'ready') return;
  showSample((sample + distance + session.samples) % session.samples);
}

/** Looks at any sample but this one. */
export function showRandomSample(random: () => number = Math.random): void {
  const { session } = sampleStore.getState();
  if (session.status === 'ready' && session.samples > 1) stepSample(1 + Math.floor(random() * (session.samples - 1)));
}

/** Chooses the weights that samples go through. */
export function chooseWeights(weights: ProbeWeights): void {
  sampleStore.setState({ weights });
}

/** Changes how values are drawn. */
export function chooseLook(look: Partial<Pick<SampleState, 'style' | 'colours'>>): void {
  sampleStore.setState(look);
}

/** Passes a node by or mutes it, for this look alone; `null` leaves it whole again. */
export function setLesion(path: string, how: ProbeLesion['how'] | null): void {
  sampleStore.setState(({ lesions }) => {
    const others = lesions.filter((lesion) => lesion.path !== path);
    return { lesions: how === null ? others : [...others, { path, how }] };
  });
}

/** Looks at the value of one path as a whole; `null` at none. */
export function inspectPath(path: string | null): void {
  if (sampleStore.getState().inspected !== path) sampleStore.setState({ inspected: path, whole: null });
}

/** Tells which paths the canvas shows. */
export function showPaths(visible: readonly string[]): void {
  sampleStore.setState({ visible });
}
