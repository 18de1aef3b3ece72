import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { normalize, type Normalization } from '../datasets/normalization.ts';
import type { TensorData } from '../executors/compiledProgram.ts';
import { HostFailure } from '../files/hostFailure.ts';
import type { EngineClient } from '../training/engineClient.ts';
import type { WeightSource } from '../training/engineMessages.ts';
import type { Predict } from '../verification/compareWithEngine.ts';

/** The part of the engine's client that is needed to compare with. */
export type PredictingEngine = Pick<EngineClient, 'predict'>;

/** The engine's prediction for a document and its weights, of inputs normalized where that is given. It throws a `HostFailure` where the engine cannot answer. */
export function predictByEngine(
  engine: PredictingEngine,
  document: SkipwireDocument,
  weights: WeightSource,
  normalization?: ReadonlyMap<string, Normalization>,
): Predict {
  return async (inputs, samples, thinnings) => {
    const numbers = Object.fromEntries(
      Object.entries(inputs).map(([path, { data }]) => [path, normalized(data, normalization?.get(path))]),
    );
    const answer = await engine.predict({ document, weights, inputs: numbers, samples, thinnings });
    if (!answer.ok) throw new HostFailure(answer.problem);
    return answer.value;
  };
}

function normalized(data: TensorData, own: Normalization | undefined): TensorData {
  if (own === undefined || !(data instanceof Float32Array)) return data;
  const copy = data.slice();
  normalize(copy, own);
  return copy;
}
