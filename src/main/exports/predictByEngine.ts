import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { HostFailure } from '../files/hostFailure.ts';
import type { EngineClient } from '../training/engineClient.ts';
import type { WeightSource } from '../training/engineMessages.ts';
import type { Predict } from '../verification/verifyOnnxFile.ts';

/** The part of the engine's client that is needed to compare with. */
export type PredictingEngine = Pick<EngineClient, 'predict'>;

/**
 * The engine's prediction for a document and its weights, in the form that the verification asks for. It throws a
 * `HostFailure` where the engine cannot answer; so far that includes networks of several inputs or outputs.
 */
export function predictByEngine(engine: PredictingEngine, document: SkipwireDocument, weights: WeightSource): Predict {
  return async (inputs, samples, outputPaths) => {
    const [input, ...otherInputs] = Object.values(inputs);
    const [output, ...otherOutputs] = outputPaths;
    if (input === undefined || output === undefined || otherInputs.length + otherOutputs.length > 0) {
      throw new HostFailure({
        code: 'engine/one-input-one-output',
        message: 'Only networks with one input and one output can be compared so far.',
      });
    }
    const answer = await engine.predict({ document, weights, inputs: input.data, samples });
    if (!answer.ok) throw new HostFailure(answer.problem);
    const { logits, probabilities } = answer.value;
    return { [output]: { logits, probabilities } };
  };
}
