import { z } from 'zod';
import type { Problem } from '../../core/diagnostic.ts';
import { describeShape, isImage, type AxisName, type TensorType } from '../../core/shape.ts';

/** The axes a parameter may name. */
export const axisName = z.enum(['sequence', 'features', 'height', 'width', 'channels']);

/** Where the axis is among the dims of a program, whose first is the batch; `undefined` when the type lacks it. */
export function axisIndex(type: TensorType, name: AxisName): number | undefined {
  const index = type.axes.findIndex((axis) => axis.name === name);
  return index < 0 ? undefined : index + 1;
}

/** Where the axis is among the dims of an ONNX tensor, whose images are channels first. */
export function onnxAxis(type: TensorType, name: AxisName): number {
  const index = axisIndex(type, name);
  if (index === undefined) throw new Error(`There is no axis ${name}`);
  if (!isImage(type)) return index;
  return name === 'channels' ? 1 : index + 1;
}

/** The problem of a type that lacks an axis. */
export function missingAxis(type: TensorType, name: AxisName, what: string, parameter: string): Problem {
  const names = type.axes.map((axis) => axis.name);
  return {
    code: 'shape/axis',
    port: 'input',
    parameter,
    message: `${what} looks for the axis "${name}", but ${describeShape(type) || 'a single number'} comes in.`,
    expected: names.length === 0 ? 'an axis' : names.join(' or '),
    received: name,
  };
}
