import path from 'node:path';
import { z } from 'zod';
import type { KerasTensor, KerasWeights } from '../../graph-engine/sources/keras/kerasWeights.ts';
import { elementTypes, type ElementType } from '../datasets/elementTypes.ts';
import { cannotImport } from './cannotImport.ts';
import { readBeside } from './readBeside.ts';

/** What the `model.json` of TensorFlow.js says of the weights beside it. */
const Manifest = z.array(
  z.object({
    paths: z.array(z.string().min(1)),
    weights: z.array(
      z.object({
        name: z.string(),
        shape: z.array(z.int().min(0)),
        dtype: z.string(),
        quantization: z
          .object({ dtype: z.string(), scale: z.number().optional(), min: z.number().optional() })
          .optional(),
      }),
    ),
  }),
);
type Written = z.infer<typeof Manifest>[number]['weights'][number];

/** The weights of a layers model of TensorFlow.js, out of its shards; `undefined` for a configuration that speaks of none. */
export function readShards(file: string, config: unknown): KerasWeights | undefined {
  const given: unknown =
    typeof config === 'object' && config !== null ? Reflect.get(config, 'weightsManifest') : undefined;
  if (given === undefined) return undefined;
  const manifest = Manifest.safeParse(given);
  if (!manifest.success) {
    throw cannotImport(file, {
      code: 'keras/damaged',
      message: 'Its "weightsManifest" is none that TensorFlow.js writes.',
      received: z.prettifyError(manifest.error).split('\n').slice(0, 3).join(' '),
    });
  }
  const tensors = new Map<string, KerasTensor>();
  for (const { paths, weights } of manifest.data) {
    const bytes = concatenated(file, paths);
    let at = 0;
    for (const weight of weights) {
      const { type, count } = storedAs(file, weight);
      const end = at + count * elementTypes[type].bytes;
      if (end > bytes.length) {
        throw cannotImport(file, {
          code: 'keras/damaged',
          message: `The shards end within "${weight.name}".`,
          expected: `${end} bytes`,
          received: `${bytes.length} bytes in ${paths.join(', ')}`,
        });
      }
      const own = bytes.subarray(at, end);
      tensors.set(weight.name, { dims: weight.shape, values: () => decoded(own, type, count, weight) });
      at = end;
    }
  }
  return { by: 'names', tensors };
}

function concatenated(file: string, paths: readonly string[]): Uint8Array {
  const read = readBeside(path.dirname(file));
  const parts = paths.map((name) => {
    const part = read(name, 0, undefined);
    if (part !== undefined) return part;
    throw cannotImport(file, {
      code: 'keras/missing-shard',
      message: `Its weights lie in "${name}", which is not beside it.`,
      expected: `${paths.join(', ')} in the folder of the model`,
      received: `no file "${name}"`,
    });
  });
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : new Uint8Array(Buffer.concat(parts));
}

const stored: Readonly<Record<string, ElementType>> = {
  float32: 'float32',
  float16: 'float16',
  int32: 'int32',
  uint8: 'uint8',
  uint16: 'uint16',
  bool: 'uint8',
};

function storedAs(file: string, { name, shape, dtype, quantization }: Written): { type: ElementType; count: number } {
  const written = quantization?.dtype ?? dtype;
  const type = Object.hasOwn(stored, written) ? stored[written] : undefined;
  if (type === undefined) {
    throw cannotImport(file, {
      code: 'keras/damaged',
      message: `The weight "${name}" is of a type that is not read here.`,
      expected: Object.keys(stored).join(', '),
      received: written,
    });
  }
  return { type, count: shape.reduce((product, size) => product * size, 1) };
}

function decoded(bytes: Uint8Array, type: ElementType, count: number, { quantization }: Written): Float32Array {
  const numbers = new Float32Array(count);
  elementTypes[type].decode(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, numbers, 1);
  const { scale, min = 0 } = quantization ?? {};
  return scale === undefined ? numbers : numbers.map((value) => value * scale + min);
}
