import type { LoweredDocument } from '../../graph-engine/lower/lowerDocument.ts';
import { HostFailure } from '../files/hostFailure.ts';

/** The one input and the one output of a classifier. */
export interface NetworkFeeds {
  readonly input: LoweredDocument['inputs'][number];
  readonly output: LoweredDocument['outputs'][number];
}

/** The input and the output that a data set of images and classes is tied to. */
export function feedsOf(lowered: LoweredDocument): NetworkFeeds {
  const [input, ...otherInputs] = lowered.inputs;
  const [output, ...otherOutputs] = lowered.outputs;
  if (input !== undefined && output !== undefined && otherInputs.length === 0 && otherOutputs.length === 0) {
    return { input, output };
  }
  throw new HostFailure({
    code: 'data/one-input-one-output',
    message: 'A data set of images and classes needs a network with one input and one output.',
    expected: '1 input and 1 output',
    received: `${lowered.inputs.length} inputs and ${lowered.outputs.length} outputs`,
    remedy: 'Join the inputs or outputs into one.',
  });
}
