import { existsSync } from 'node:fs';
import path from 'node:path';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { Program } from '../../graph-engine/program/program.ts';
import { initialize } from '../../graph-engine/random/initialize.ts';
import type { WeightSource as WeightValues } from '../../graph-engine/targets/onnx/emitOp.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { withStoredWeights } from '../files/storedWeights.ts';
import { runFiles } from '../runs/runFiles.ts';
import { matchWeights, readCheckpoint } from '../training/checkpoints.ts';
import type { WeightSource } from '../training/engineMessages.ts';

export interface LoadedWeights {
  readonly valuesOf: WeightValues;
  /** The same weights, as an engine process is told about them. */
  readonly source: WeightSource;
}

/**
 * The best weights of a run (the last ones while there are no best), or initial ones. Throws a `HostFailure` when the run
 * has none, or when they belong to another network than the document.
 */
export async function loadWeights(
  document: SkipwireDocument,
  program: Program,
  runFolder: string | null,
  workspace?: string,
): Promise<LoadedWeights> {
  if (runFolder === null) {
    const { lowered } = await withStoredWeights(document, { program }, workspace);
    return initialWeights(lowered.program, document.training.seed);
  }
  const file = [runFiles.best, runFiles.last, runFiles.start]
    .map((name) => path.join(runFolder, name))
    .find(existsSync);
  if (file === undefined) {
    throw new HostFailure({
      code: 'run/no-weights',
      message: `The run in "${runFolder}" has saved no weights yet.`,
      remedy: 'Let it train for at least one epoch, or export the document with its initial weights.',
    });
  }
  const stored = matchWeights(program, await readCheckpoint(file));
  return {
    source: { file },
    valuesOf(name) {
      const data = stored[name]?.data;
      if (!(data instanceof Float32Array)) throw new Error(`The variable ${name} has no float32 values.`);
      return data;
    },
  };
}

function initialWeights(program: Program, seed: number): LoadedWeights {
  const variables = new Map(program.variables.map((variable) => [variable.name, variable]));
  return {
    source: { seed },
    valuesOf(name) {
      const variable = variables.get(name);
      if (variable === undefined) throw new Error(`The program has no variable ${name}.`);
      return initialize(variable, seed);
    },
  };
}
