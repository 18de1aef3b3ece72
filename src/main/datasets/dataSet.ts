import type { DataSetDescription } from '../../contract/contract.ts';

/** Images with one class each, in memory. */
export interface DataSet {
  readonly description: DataSetDescription;
  /** `[samples, height, width, channels]`, from 0 to 1. */
  readonly images: Float32Array;
  /** `[samples]`, from 0. */
  readonly labels: Int32Array;
}

/** A data set that can be opened: its description costs nothing, its samples are read or made on demand. */
export interface DataSource {
  readonly description: DataSetDescription;
  /** Throws a `HostFailure` when the data are missing or damaged. */
  load(): Promise<DataSet>;
}
