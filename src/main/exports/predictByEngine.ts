import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { HostFailure } from '../files/hostFailure.ts';
import type { EngineClient } from '../training/engineClient.ts';
import type { WeightSource } from '../training/engineMessages.ts';
import type { Predict } from '../verification/verifyOnnxFile.ts';

/** The part of the engine's client that is needed to compare with. */
export type PredictingEngine = Pick<EngineClient, 'predict'>;

/** The engine's prediction for a document and its weights. It throws a `HostFailure` where the engine cannot answer. */
export function predictByEngine(engine: PredictingEngine, document: SkipwireDocument, weights: WeightSource): Predict {
  return async (inputs, samples) => {
    const data = Object.fromEntries(Object.entries(inputs).map(([path, tensor]) => [path, tensor.data]));
    const answer = await engine.predict({ document, weights, inputs: data, samples });
    if (!answer.ok) throw new HostFailure(answer.problem);
    return answer.value;
  };
}
