import type { SampleView } from '../../contract/samples.ts';
import type { MeasuredVariance } from '../../contract/variance.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { Lesion } from '../../graph-engine/lower/lowerProbe.ts';
import type { ReadingWish } from '../../graph-engine/probe/readValue.ts';
import type { ValueReading } from '../../graph-engine/probe/valueReading.ts';
import type { WeightSource } from '../training/engineMessages.ts';

/** What a sample goes through. */
export interface ProbeTarget {
  readonly document: SkipwireDocument;
  /** Equal for equal networks with equal data and seed: what was compiled for one serves the other. */
  readonly network: string;
  readonly weights: WeightSource;
  /** Equal for equal weights. */
  readonly weightsKey: string;
  readonly lesions: readonly (readonly [path: string, how: Lesion])[];
}

/** Work of an engine process on samples. */
export type ProbeTask =
  | { readonly kind: 'probe/describe'; readonly target: ProbeTarget }
  | {
      readonly kind: 'probe/samples';
      readonly target: ProbeTarget;
      readonly from: number;
      readonly count: number;
      readonly search: string;
      /** Samples by number, in place of a search. */
      readonly numbers?: readonly number[];
    }
  | {
      readonly kind: 'probe/read';
      readonly target: ProbeTarget;
      readonly sample: number;
      readonly paths: readonly string[];
      readonly wish: ReadingWish;
      /** Whether the numbers themselves come along. */
      readonly raw?: boolean;
    };

/** Sends one batch through a new network and back. */
export interface VarianceTask {
  readonly kind: 'variance';
  readonly document: SkipwireDocument;
}

/** One value of a sample. */
export interface ProbedReading {
  readonly path: string;
  readonly port: string;
  readonly reading: ValueReading;
  readonly raw?: Float32Array | Int32Array;
}

/** The network and its data, as far as looking at samples needs them. */
export interface ProbeDescription {
  readonly data: string;
  readonly samples: number;
  /** By the path of the output. */
  readonly choices: Readonly<Record<string, string[]>>;
  readonly notices: readonly string[];
  /** Every path that has a value. */
  readonly paths: readonly string[];
}

export type ProbeOutcome =
  | { readonly kind: 'variance'; readonly points: readonly MeasuredVariance[]; readonly batch: number }
  | { readonly kind: 'described'; readonly description: ProbeDescription }
  | { readonly kind: 'samples'; readonly samples: readonly SampleView[]; readonly total: number }
  | { readonly kind: 'readings'; readonly readings: readonly ProbedReading[]; readonly complete: boolean };
