import type { SkipwireDocument } from '../../../document/schema.ts';
import type { DataSetDescription } from '../../../training/dataDescription.ts';
import type { DataReader } from '../../../training/dataReader.ts';
import type { InferredDocument } from '../../../infer/inferDocument.ts';

/** Where a training script has its samples from. */
export interface ScriptData {
  readonly description: DataSetDescription;
  /** Path that the script reads unless it is told another one. */
  readonly path: string;
  /** How files of the workspace are read; `null` for a safetensors file of columns that is written beside the script. */
  readonly reader: DataReader | null;
}

/** What a training script is written for. */
export interface TrainingScriptOrder {
  readonly document: SkipwireDocument;
  readonly inferred: InferredDocument;
  /** Name of the Python module that has `create_model`. */
  readonly module: string;
  readonly data: ScriptData;
}

/** A training script, and what of the document's settings it does not do, in words. */
export interface TrainingScript {
  readonly source: string;
  readonly notices: readonly string[];
}
