import type { SkipwireDocument } from '../document/schema.ts';
import type { InferredDocument } from '../infer/inferDocument.ts';
import { exportKeras } from './keras/exportKeras.ts';
import { kerasTraining } from './keras/training/kerasTraining.ts';
import type { NetworkSource } from './python/networkClasses.ts';
import type { SourceFramework } from './python/sourceFramework.ts';
import type { TrainingScript, TrainingScriptOrder } from './python/training/scriptOrder.ts';
import { exportPytorch } from './pytorch/exportPytorch.ts';
import { pytorchTraining } from './pytorch/training/pytorchTraining.ts';

/** A network as source, and where its weights go. */
export interface WrittenNetwork extends Pick<NetworkSource, 'inputs' | 'outputs' | 'state'> {
  readonly source: string;
  readonly className: string;
}

/** How source is written for a framework. */
export interface SourceTarget {
  readonly title: string;
  /** What the file of weights says of its layout. */
  readonly format: string;
  write(document: SkipwireDocument, inferred: InferredDocument): WrittenNetwork;
  /** The run as a script that trains what was written. */
  training(order: TrainingScriptOrder, network: WrittenNetwork): TrainingScript;
}

/** Every framework with the way to write for it. */
export const sourceTargets: Readonly<Record<SourceFramework, SourceTarget>> = {
  pytorch: { title: 'PyTorch', format: 'pt', write: exportPytorch, training: pytorchTraining },
  keras: { title: 'Keras', format: 'keras', write: exportKeras, training: kerasTraining },
};
