import { fromBinary } from '@bufbuild/protobuf';
import type { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import { inferDocument } from '../../src/graph-engine/infer/inferDocument.ts';
import { walkInstances } from '../../src/graph-engine/lower/walkInstances.ts';
import type { ImportedNetwork } from '../../src/graph-engine/sources/drawing/importedNetwork.ts';
import { importOnnx } from '../../src/graph-engine/sources/onnx/importOnnx.ts';
import type { OnnxExport } from '../../src/graph-engine/targets/onnx/exportOnnx.ts';
import { ModelProtoSchema } from '../../src/graph-engine/targets/protobuf/generated/onnx_pb.js';
import { exported } from './onnxModels.ts';

/**
 * Exports a network with these weights and imports the file again. Tensors of a page and more are read when they are asked for, so
 * that no file of half a gigabyte is put together.
 */
export function importOwnExport(
  document: SkipwireDocument,
  weights: ReadonlyMap<string, Float32Array>,
): ImportedNetwork {
  const model = exported(document, weights, { threshold: 0 });
  return imported(model, (name) => contentOf(model, name));
}

/** The same for the structure alone: all large weights are one and the same memory, cut to size. */
export function importOwnExportWithoutWeights(document: SkipwireDocument): ImportedNetwork {
  const weights = new Map<string, Float32Array>();
  walkInstances(document, inferDocument(document).root, {
    zeros: () => true,
    visit({ path, inferred }) {
      for (const [name, spec] of Object.entries(inferred.weights)) {
        weights.set(`${path}.${name}`, memoryOf((spec?.dims ?? []).reduce((a, b) => a * b, 1)));
      }
      return Object.fromEntries(Object.keys(inferred.outputs).map((port) => [port, true]));
    },
  });
  const model = exported(document, weights, { threshold: 0 });
  const learned = new Set(model.graph.initializers.flatMap(({ name, isWeight }) => (isWeight ? [name] : [])));
  return imported(model, (name, length) => {
    const memory = memoryOf(length / 4);
    return learned.has(name) ? new Uint8Array(memory.buffer, 0, length) : contentOf(model, name);
  });
}

let memory = new Float32Array();

/** Numbers of which none is one that an op could do without. */
function memoryOf(size: number): Float32Array {
  if (memory.length < size) {
    memory = new Float32Array(size).fill(0.75);
    for (let at = 0; at < 4096; at++) memory[at] = 0.7 + 0.5 * Math.sin(at + 1);
  }
  return memory.subarray(0, size);
}

function imported(model: OnnxExport, read: (name: string, length: number) => Uint8Array): ImportedNetwork {
  const bytes = Buffer.concat([...model.model()]);
  const outside = fromBinary(ModelProtoSchema, bytes).graph?.initializer ?? [];
  const places = new Map(
    outside.map(({ name, externalData }) => [Number(externalData.find(({ key }) => key === 'offset')?.value), name]),
  );
  const result = importOnnx(bytes, {
    name: 'back',
    external: (_, offset, length = 0) => read(places.get(offset) ?? '', length),
  });
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** The data of a tensor as the file beside the model would have them. */
function contentOf({ graph }: OnnxExport, name: string): Uint8Array {
  const content = graph.initializers.find((tensor) => tensor.name === name)?.content;
  if (content === undefined) throw new Error(`There is no tensor "${name}"`);
  if (content.kind === 'integers') return new Uint8Array(BigInt64Array.from(content.values, BigInt).buffer);
  return Buffer.concat(
    [...content.pieces()].map((piece) => new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength)),
  );
}
