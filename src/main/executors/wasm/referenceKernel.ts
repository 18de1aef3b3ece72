import type { TensorInfo } from '@tensorflow/tfjs-core';
import { evaluateInstruction } from '../../../graph-engine/program/interpreter/evaluateInstruction.ts';
import type { Attributes } from '../../../graph-engine/program/program.ts';
import type { TensorShape } from '../interpreted/interpretedEngine.ts';
import type { TfjsDevice } from '../tfjs/tfjsDevice.ts';

interface Call {
  readonly inputs: readonly TensorInfo[];
  readonly attributes: Attributes;
  readonly outputShapes: readonly TensorShape[];
}

/** A primitive computed by the interpreter's kernel, in double precision. */
export function referenceKernel(device: TfjsDevice, primitive: string) {
  return ({ inputs, attributes, outputShapes }: Call): readonly TensorInfo[] => {
    const doubles = inputs.map(({ dataId, shape }) => ({
      dims: shape,
      data: Float64Array.from(device.backend.readSync(dataId) as Float32Array),
    }));
    const outputs = outputShapes.map(({ dims, dtype }, id) => ({ id, dims, dtype }));
    const instruction = { primitive, inputs: [], outputs, attributes, origin: '' };
    return evaluateInstruction(instruction, doubles, 1).map(({ data }, i) => {
      const { dims, dtype } = outputShapes[i] ?? { dims: [], dtype: 'float32' };
      return device.track(device.upload(dtype === 'int32' ? Int32Array.from(data) : Float32Array.from(data), dims));
    });
  };
}
