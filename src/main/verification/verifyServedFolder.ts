import path from 'node:path';
import type { Verification } from '../../contract/exports.ts';
import type { TensorType } from '../../graph-engine/core/shape.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { productRoot } from '../files/productRoot.ts';
import { askVerifier, type VerifierOptions } from './askVerifier.ts';
import { TOLERANCE } from './compareOutputs.ts';
import { compareWithEngine, type Predict } from './compareWithEngine.ts';
import type { ServedRequest } from './verifyMessages.ts';

/** An input or output of a folder that is served, as callers name it. */
export interface ServedEnd {
  readonly name: string;
  /** Path of the node of the document. */
  readonly path: string;
  /** Of an output node. */
  readonly port: string;
  readonly type: TensorType;
}

export interface VerifyServedOptions extends VerifierOptions {
  readonly kind: ServedRequest['kind'];
  /** Absolute path. */
  readonly folder: string;
  readonly inputs: readonly ServedEnd[];
  readonly outputs: readonly ServedEnd[];
  readonly batch: number | null;
  /** Multiply-accumulates of one example. */
  readonly macs: number;
  /** `null` where there is no engine to compare with. */
  readonly predict: Predict | null;
}

/** Up to so many multiply-accumulates of an example the kernels in plain JavaScript take a moment. */
const FEW_MACS = 5e6;

const runtimes = {
  'saved-model': 'TensorFlow',
  'graph-model': 'TensorFlow.js',
  'layers-model': 'TensorFlow.js',
} as const satisfies Record<ServedRequest['kind'], string>;

/**
 * Loads an exported folder as its users do, runs it on random inputs and compares its answers with the engine's own. Small networks
 * run on the kernels of TensorFlow.js in plain JavaScript, which browsers have too, others on native ones.
 */
export async function verifyServedFolder({
  kind,
  folder,
  inputs,
  outputs,
  macs,
  predict,
  ...options
}: VerifyServedOptions): Promise<Verification> {
  if (predict === null) return { status: 'not-verified', reason: 'There is no engine here to compare with.' };
  const kernels = kind !== 'saved-model' && macs <= FEW_MACS ? 'plain' : 'native';
  const program = options.program ?? path.join(productRoot, 'dist', 'main', 'verifyServedProcess.js');
  const paths = [...new Set(outputs.map((output) => output.path))];
  try {
    return await compareWithEngine({
      ...options,
      predict,
      inputs,
      outputs: paths.map((wanted) => {
        const own = outputs.filter((output) => output.path === wanted);
        return {
          path: wanted,
          ports: Object.fromEntries(own.map(({ port, name }) => [port, name])),
          types: Object.fromEntries(own.map(({ port, type }) => [port, type])),
        };
      }),
      tolerance: TOLERANCE,
      run(batches, wanted, thinnings) {
        const request: ServedRequest = {
          kind,
          folder,
          kernels,
          inputs: inputs.map(({ name }) => name),
          outputs: [...wanted],
          batches: [...batches],
          thinnings: { ...thinnings },
        };
        return askVerifier(request, program, { runtime: runtimes[kind], subject: 'folder' }, options);
      },
    });
  } catch (error) {
    // The folder is good as far as is known; that the engine could not say is no reason to fail the export.
    if (error instanceof HostFailure) return { status: 'not-verified', reason: error.problem.message };
    throw error;
  }
}
