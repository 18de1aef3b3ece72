import { kindOf, sizeOf, type AxisName, type TensorType } from '../core/shape.ts';
import type { ParameterValue } from '../document/schema.ts';

/** One op of a chain; each is fed by the one before. */
export interface ZeroNode {
  readonly op: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly muted?: true;
  /** The output that goes on. */
  readonly port: string;
}

const IMAGE_AXES: readonly AxisName[] = ['height', 'width', 'channels'];

function muted(op: string, parameters: ZeroNode['parameters']): ZeroNode {
  return { op, parameters, muted: true, port: 'output' };
}

/**
 * Ops whose last one gives zeros of a type, whatever is fed: a muted Input, where needed without an axis that an Input
 * always has.
 */
export function zeroNodes(type: TensorType): readonly ZeroNode[] {
  const size = (axis: AxisName): number => sizeOf(type, axis) ?? 1;
  if (kindOf(type) === 'table') {
    const tokens = muted('tokenInput', { length: 1, vocabulary: size('vocabulary') });
    return [tokens, { ...muted('embedding', { features: size('features') }), port: 'table' }];
  }
  if (kindOf(type) === 'tokens')
    return [
      muted('tokenInput', {
        length: size('sequence'),
        ...(type.vocabulary !== undefined && { vocabulary: type.vocabulary }),
      }),
    ];
  const names = new Set(type.axes.map(({ name }) => name));
  const isImage = IMAGE_AXES.some((axis) => names.has(axis));
  const base = isImage
    ? muted('input', { height: size('height'), width: size('width'), channels: size('channels') })
    : names.has('sequence')
      ? muted('sequenceInput', { length: size('sequence'), features: size('features') })
      : muted('featureInput', { size: size('features') });
  const given: readonly AxisName[] = isImage
    ? IMAGE_AXES
    : names.has('sequence')
      ? ['sequence', 'features']
      : ['features'];
  const gone = given.filter((axis) => !names.has(axis));
  return [base, ...gone.map((axis): ZeroNode => ({ op: 'reduce', parameters: { axis }, port: 'output' }))];
}
