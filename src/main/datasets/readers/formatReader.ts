import type { HostProblem } from '../../../contract/contract.ts';
import type { DataSetDescription } from '../../../graph-engine/training/dataDescription.ts';
import type { DataReader, DataReaderKind, ReaderOf } from '../../../graph-engine/training/dataReader.ts';
import type { DataSet } from '../dataSet.ts';
import type { DataPlace } from './dataPlace.ts';

/** How many samples the data set apart themselves; all in `train` where they do not. */
export interface PartCounts {
  readonly train: number;
  readonly validation: number;
  readonly test: number;
}

/** What is known of data without reading every sample. */
export interface DataSurvey {
  /** The reader with what was found filled in. */
  readonly reader: DataReader;
  readonly description: DataSetDescription;
  readonly parts: PartCounts;
  /** What was understood, in sentences for the user. */
  readonly understood: readonly string[];
  readonly warnings: readonly string[];
  /** What must be mended before anything can be learned. */
  readonly problems: readonly HostProblem[];
}

/** A file, or a row of one, that cannot be used. */
export interface BrokenSample {
  readonly path: string;
  readonly code: string;
  readonly why: string;
}

/** What reading may use, and whom it tells how far it is. */
export interface ReadOptions {
  /** Folder for what is decoded once. */
  readonly cacheFolder: string;
  /** Bytes of numbers that may be kept in memory. */
  readonly memoryLimit: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface ReadData {
  readonly data: DataSet;
  /** What was left out because it cannot be read. */
  readonly broken: readonly BrokenSample[];
}

/** One kind of files. */
export interface FormatReader<Kind extends DataReaderKind = DataReaderKind> {
  readonly kind: Kind;
  /** The reader for these files, when they look like files of this kind. Throws a `HostFailure` when they do, but are damaged. */
  detect(place: DataPlace): Promise<ReaderOf<Kind> | undefined>;
  survey(place: DataPlace, reader: ReaderOf<Kind>): Promise<DataSurvey>;
  /** Reads every sample. Throws a `HostFailure` when nothing can be learned from what is there. */
  read(place: DataPlace, reader: ReaderOf<Kind>, options: ReadOptions): Promise<ReadData>;
}
