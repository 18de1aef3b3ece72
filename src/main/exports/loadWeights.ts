import { existsSync } from 'node:fs';
import path from 'node:path';
import type { WeightsOrigin } from '../../contract/exports.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { Program, Variable } from '../../graph-engine/program/program.ts';
import { initialize } from '../../graph-engine/random/initialize.ts';
import type { WeightSource as WeightValues } from '../../graph-engine/targets/onnx/emitOp.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { openTensors, type OpenTensors } from '../files/openTensors.ts';
import { storedWeightsFile } from '../files/storedWeights.ts';
import { runFiles } from '../runs/runFiles.ts';
import { matchWeights } from '../training/checkpoints.ts';
import type { WeightSource } from '../training/engineMessages.ts';

/** Weights that are read, or drawn, one tensor at a time. */
export interface LoadedWeights {
  /** The values of a variable, on loan until those of the next are asked for: they may lie in the same memory. */
  readonly valuesOf: WeightValues;
  readonly origin: WeightsOrigin;
  /** The same weights, as an engine process is told about them. */
  readonly source: WeightSource;
}

/** Whose weights are exported. */
export interface WeightsOrder {
  readonly document: SkipwireDocument;
  /** Absolute folder of the run whose best weights they are; `null` for the initial weights of the document's seed. */
  readonly runFolder: string | null;
  /** Folder that the document's weights are in, where it is not the one this process works in. */
  readonly workspace?: string | undefined;
}

/**
 * Works with the best weights of a run (the last ones while there are no best), or with initial ones; their file is open for so
 * long. Throws a `HostFailure` when the run has none, or when they belong to another network than the document.
 */
export async function usingWeights<Result>(
  { document, runFolder, workspace }: WeightsOrder,
  program: Program,
  work: (weights: LoadedWeights) => Promise<Result>,
): Promise<Result> {
  const { close, ...weights } =
    runFolder === null ? initialWeights(document, program, workspace) : trainedWeights(program, runFolder);
  try {
    return await work(weights);
  } finally {
    close();
  }
}

type OpenWeights = LoadedWeights & { readonly close: () => void };

function trainedWeights(program: Program, runFolder: string): OpenWeights {
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
  const tensors = openTensors(file);
  try {
    tensors.demandUnchanged();
    const matched = matchWeights(program, tensors.places);
    return {
      origin: 'trained',
      source: { file },
      valuesOf(name) {
        const place = matched[name];
        if (place === undefined) throw new Error(`The program has no variable ${name}.`);
        return tensors.read(place);
      },
      close: tensors.close,
    };
  } catch (error) {
    tensors.close();
    throw error;
  }
}

/** Those of a file that the document begins with, where it has one, and others as they are drawn. */
function initialWeights(document: SkipwireDocument, program: Program, workspace: string | undefined): OpenWeights {
  const { seed } = document.training;
  const variables = new Map(program.variables.map((variable) => [variable.name, variable]));
  const stored: OpenTensors | undefined =
    document.weights === undefined ? undefined : openTensors(storedWeightsFile(document.weights, workspace));
  const placeOf = ({ name, dims }: Variable) => {
    const place = stored?.places[name];
    return place?.type === 'F32' && place.dims.join() === dims.join() ? place : undefined;
  };
  return {
    origin: program.variables.some((variable) => placeOf(variable) !== undefined) ? 'stored' : 'initial',
    source: { seed },
    valuesOf(name) {
      const variable = variables.get(name);
      if (variable === undefined) throw new Error(`The program has no variable ${name}.`);
      const place = placeOf(variable);
      return place === undefined || stored === undefined ? initialize(variable, seed) : stored.read(place);
    },
    close: () => stored?.close(),
  };
}
