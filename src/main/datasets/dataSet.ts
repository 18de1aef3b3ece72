import type { DataSetDescription } from '../../graph-engine/training/dataDescription.ts';
import type { FilePreparation } from './filePreparation.ts';
import type { NumberStore } from './numberStore.ts';

/** The numbers of all samples, one after the other: in memory, or read from a file as they are needed. */
export type SampleNumbers = Float32Array | Int32Array | NumberStore;

/** Which part of the data a sample belongs to, where the data say so themselves. */
export const dataParts = { train: 0, validation: 1, test: 2 } as const;

/** Samples in the order of the description's inputs and targets. */
export interface DataSet {
  readonly description: DataSetDescription;
  /** Images `[samples, height, width, channels]` from 0 to 1, features `[samples, numbers]`, or the tokens of a text. */
  readonly inputs: readonly SampleNumbers[];
  /** Classes `[samples]`, masks `[samples, height, width]`, values or probabilities `[samples, ...]`, or the tokens of a text. */
  readonly targets: readonly SampleNumbers[];
  /** One of `dataParts` for each sample; left out where the split is by chance. */
  readonly parts?: Uint8Array;
  /** How another file becomes a sample; left out where the description says enough. */
  readonly preparation?: FilePreparation;
}

/** A data set that can be opened: its description costs nothing, its samples are read or made on demand. */
export interface DataSource {
  readonly description: DataSetDescription;
  /** Throws a `HostFailure` when the data are missing or damaged. */
  load(): Promise<DataSet>;
}

/** A data set that is wholly in memory, as those that come along are. */
export interface HeldDataSet extends DataSet {
  readonly inputs: readonly (Float32Array | Int32Array)[];
  readonly targets: readonly (Float32Array | Int32Array)[];
}

export interface HeldDataSource extends DataSource {
  load(): Promise<HeldDataSet>;
}
