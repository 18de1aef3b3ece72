import type { DataSetDescription } from '../../graph-engine/training/dataDescription.ts';

/** Samples in memory, in the order of the description's inputs and targets. */
export interface DataSet {
  readonly description: DataSetDescription;
  /** Images `[samples, height, width, channels]` from 0 to 1, features `[samples, numbers]`, or the tokens of a text. */
  readonly inputs: readonly (Float32Array | Int32Array)[];
  /** Classes `[samples]`, masks `[samples, height, width]`, values or probabilities `[samples, ...]`, or the tokens of a text. */
  readonly targets: readonly (Float32Array | Int32Array)[];
}

/** A data set that can be opened: its description costs nothing, its samples are read or made on demand. */
export interface DataSource {
  readonly description: DataSetDescription;
  /** Throws a `HostFailure` when the data are missing or damaged. */
  load(): Promise<DataSet>;
}
