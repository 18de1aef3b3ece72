import type { ExaminedSample, FilePrediction, GeneratedText, GenerationOptions } from '../../contract/examination.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { WeightSource } from '../training/engineMessages.ts';

/** The weights of a run, and what it knows of its data. */
export interface ExamineTarget {
  readonly document: SkipwireDocument;
  readonly runFolder: string;
  readonly weights: WeightSource;
  /** Equal for equal networks with equal weights: what was opened for one serves the other. */
  readonly key: string;
}

/** Questions to the weights of a run; the process that answers keeps what it has opened. */
export type ExamineTask =
  | {
      readonly kind: 'examine/samples';
      readonly target: ExamineTarget;
      readonly output: string;
      readonly samples: readonly number[];
    }
  | {
      readonly kind: 'examine/file';
      readonly target: ExamineTarget;
      /** Where it lies, and what the user calls it. */
      readonly file: { readonly absolute: string; readonly name: string };
    }
  | { readonly kind: 'examine/generate'; readonly target: ExamineTarget; readonly options: GenerationOptions };

export type ExamineOutcome =
  | { readonly kind: 'samples'; readonly classes: readonly string[]; readonly samples: readonly ExaminedSample[] }
  | { readonly kind: 'file'; readonly prediction: FilePrediction }
  | { readonly kind: 'text'; readonly text: GeneratedText };
