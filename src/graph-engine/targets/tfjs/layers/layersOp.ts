import type { z } from 'zod';
import type { OpDefinition } from '../../../core/opDefinition.ts';
import type { TensorType } from '../../../core/shape.ts';

/** A value inside a layers model: the layer that answers with it. */
export interface LayerValue {
  readonly layer: string;
  /** Whether it is never below zero, so that padding it with zeros is as good as with nothing. */
  readonly nonNegative: boolean;
}

/** A weight of ours as a layer has it. */
export interface LayerWeight {
  /** Its name in the layer, such as `kernel`. */
  readonly as: string;
  /** Where the layer has other sizes for the same numbers in the same order. */
  readonly dims?: readonly number[] | undefined;
}

export interface LayersContext<Parameters> {
  readonly parameters: Parameters;
  readonly types: Readonly<Record<string, TensorType>>;
  readonly outputs: Readonly<Record<string, TensorType>>;
  readonly inputs: Readonly<Record<string, LayerValue>>;
  /**
   * Adds a layer and returns its value. `suffix` tells the layers of one node apart; `weights` are ours by name. What is said of the
   * sign is that nothing is known unless told.
   */
  layer(
    className: string,
    config: Readonly<Record<string, unknown>>,
    inputs: readonly LayerValue[],
    more?: {
      readonly suffix?: string;
      readonly weights?: Readonly<Record<string, LayerWeight>>;
      readonly nonNegative?: boolean;
    },
  ): LayerValue;
}

/** Values by output port, or in words why no layer does this: what it would need. */
export type EmittedLayers = Readonly<Record<string, LayerValue>> | string;

export type EmitLayers = (context: LayersContext<unknown>) => EmittedLayers;

/** An op's type with how it is written as layers; parameters are typed as the op declares them. */
export function inLayers<Schema extends z.ZodObject>(
  op: Pick<OpDefinition<Schema>, 'type' | 'parameters'>,
  emit: (context: LayersContext<z.output<Schema>>) => EmittedLayers,
): readonly [string, EmitLayers] {
  return [op.type, (context) => emit({ ...context, parameters: op.parameters.parse(context.parameters) })];
}

/** The only input of most ops. */
export function onlyInput({ inputs }: Pick<LayersContext<unknown>, 'inputs'>): LayerValue {
  const { input } = inputs;
  if (input === undefined) throw new Error('There is nothing at "input"');
  return input;
}
