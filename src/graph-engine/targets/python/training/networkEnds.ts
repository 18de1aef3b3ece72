import { isImage, isSequence, sizeOf, type TensorType } from '../../../core/shape.ts';
import type { TargetType } from '../../../core/objective.ts';
import type { InferredNode } from '../../../infer/inferredGraph.ts';
import { trainingParameters } from '../../../lower/trainingParameters.ts';
import { opNamed } from '../../../ops/index.ts';
import type { DataInput, DataTarget } from '../../../training/dataDescription.ts';
import { matchData } from '../../../training/matchData.ts';
import { networkEnds } from '../../../training/networkEnds.ts';
import type { TrainingScriptOrder } from './scriptOrder.ts';

/** An input of the network with what feeds it. */
export interface FedInput {
  readonly path: string;
  readonly type: TensorType;
  readonly data: DataInput;
}

/** An output that learns, with what teaches it. */
export interface TaughtOutput {
  readonly path: string;
  readonly op: string;
  /** As they are measured with, and as they are trained with: settings add label smoothing and class weights. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly trained: Readonly<Record<string, unknown>>;
  readonly target: TargetType;
  readonly data: DataTarget | (DataInput & { kind: 'image' });
}

/** The ends of a network with its data. Throws where they do not fit, which whoever asks has found out before. */
export function fedEnds({ document, inferred, data }: TrainingScriptOrder): {
  readonly inputs: readonly FedInput[];
  readonly outputs: readonly TaughtOutput[];
} {
  const ends = networkEnds(inferred.root);
  const match = matchData(data.description, ends);
  if (!match.ok) throw new Error(match.error.message);
  const { value } = match;
  const nodes = new Map<string, InferredNode>([...inferred.root.nodes.values()].map((node) => [node.name, node]));
  return {
    inputs: ends.inputs.map(({ path, type }) => {
      const fed = value.inputs.get(path);
      if (fed === undefined) throw new Error(`Nothing feeds "${path}"`);
      return { path, type, data: fed };
    }),
    outputs: ends.outputs.map(({ path, target }) => {
      const node = nodes.get(path);
      const taught = value.targets.get(path);
      if (taught === undefined || node?.parameters === undefined || !('op' in node.node)) {
        throw new Error(`Nothing teaches "${path}"`);
      }
      const { parameters } = node;
      return {
        path,
        op: opNamed(node.node.op)?.type ?? '',
        parameters,
        trained: trainingParameters(parameters, document.training, undefined),
        target,
        data: taught,
      };
    }),
  };
}

/** The size that images are brought to for an end of the network, and their channels. */
export function imageSizeFor(
  type: TensorType,
  data: DataInput & { kind: 'image' },
): { readonly height: number; readonly width: number; readonly channels: number } {
  if (isImage(type)) {
    return {
      height: sizeOf(type, 'height') ?? data.height,
      width: sizeOf(type, 'width') ?? data.width,
      channels: sizeOf(type, 'channels') ?? data.channels,
    };
  }
  if (isSequence(type)) {
    return {
      height: sizeOf(type, 'sequence') ?? data.height,
      width: sizeOf(type, 'features') ?? data.width,
      channels: 1,
    };
  }
  return data;
}
