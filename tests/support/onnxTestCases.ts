import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { fromBinary } from '@bufbuild/protobuf';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { inferDocument } from '../../src/graph-engine/infer/inferDocument.ts';
import { readTensor, type ConstantTensor } from '../../src/graph-engine/sources/onnx/constantTensor.ts';
import { elementTypeName } from '../../src/graph-engine/sources/onnx/elementTypes.ts';
import type { ImportedNetwork } from '../../src/graph-engine/sources/drawing/importedNetwork.ts';
import { importOnnx } from '../../src/graph-engine/sources/onnx/importOnnx.ts';
import { legalName } from '../../src/graph-engine/sources/drawing/nameNodes.ts';
import { permuteAxes, permutedDims } from '../../src/graph-engine/targets/onnx/permuteAxes.ts';
import { ModelProtoSchema, TensorProtoSchema } from '../../src/graph-engine/targets/protobuf/generated/onnx_pb.js';
import { exported } from './onnxModels.ts';

/** A case of the onnx package's own tests: see tests/oracles/onnxTestCases.py. */
export interface OnnxTestCase {
  readonly kind: string;
  readonly name: string;
  readonly model: string;
  readonly inputs: readonly (string | null)[];
  readonly outputs: readonly (string | null)[];
}

/** The cases of a packed file. */
export function readCases(file: string): readonly OnnxTestCase[] {
  return gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .map((line) => JSON.parse(line) as OnnxTestCase);
}

/** `mapped`, what is kept, or the code with which the model is refused; a drawing with errors says so. */
export function outcomeOf(model: Uint8Array): { readonly outcome: string; readonly network?: ImportedNetwork } {
  const imported = importOnnx(model, { name: 'model' });
  if (!imported.ok) return { outcome: `refused: ${imported.error.code}` };
  const network = imported.value;
  const { document, report } = network;
  const [error] = inferDocument(document).diagnostics.filter(({ severity }) => severity === 'error');
  if (error !== undefined) return { outcome: `error: ${error.code}`, network };
  if (report.kept.length === 0) return { outcome: 'mapped', network };
  return { outcome: `kept: ${report.kept.map(({ operator, count }) => `${operator} ×${count}`).join(', ')}`, network };
}

/** How the answers of what a case became compare with its own: `same`, `not run: …`, or what differs. */
export async function answersOf({ model, inputs, outputs }: OnnxTestCase, network: ImportedNetwork): Promise<string> {
  const graph = fromBinary(ModelProtoSchema, Buffer.from(model, 'base64')).graph;
  const held = new Set(graph?.initializer.map(({ name }) => name));
  const sources = graph?.input.filter(({ name }) => !held.has(name)) ?? [];
  // onnxruntime's binding ends the process for types of less than a byte.
  const odd = outputs
    .flatMap((packed) => (packed === null ? [] : [readCase(packed)]))
    .find((one) => one.numbers() === undefined);
  if (odd !== undefined) return `not run: an output of ${elementTypeName(odd.elementType)}`;
  const weights = new Map([...network.weights].map(([weight, tensor]) => [weight, tensor.values()]));
  let session: InferenceSession;
  try {
    const bytes = Buffer.concat([...exported(network.document, weights).model()]);
    session = await InferenceSession.create(bytes, { logSeverityLevel: 4 });
  } catch (error) {
    return `not run: ${words(error)}`;
  }
  const feeds: Record<string, Tensor> = {};
  for (const [i, { name }] of sources.entries()) {
    const own = session.inputNames.find((one) => one === legalName(name) || one === name);
    if (own === undefined) continue;
    const metadata = session.inputMetadata[session.inputNames.indexOf(own)];
    const type = metadata?.isTensor === true ? metadata.type : '';
    const tensor = tensorOf(
      inputs[i],
      type,
      network.report.notes.some((note) => note.startsWith(`The input "${name}" has its`)),
    );
    if (typeof tensor === 'string') return tensor;
    feeds[own] = tensor;
  }
  if (Object.keys(feeds).length !== session.inputNames.length) {
    return `not run: inputs ${session.inputNames.join()} for ${sources.map(({ name }) => name).join()}`;
  }
  let results: InferenceSession.OnnxValueMapType;
  try {
    results = await session.run(feeds);
  } catch (error) {
    return `not run: ${words(error)}`;
  }
  const names = graph?.output.map(({ name }) => name) ?? [];
  for (const [i, name] of names.entries()) {
    const wanted = outputs[i];
    if (wanted === null || wanted === undefined) continue;
    const expected = readCase(wanted);
    const candidates = Object.entries(results).filter(
      ([one]) => names.length === 1 || one === name || one.startsWith(`${legalName(name)}.`) || one === legalName(name),
    );
    const told = candidates.map(([, result]) => differenceOf(result, expected));
    if (!told.includes('same')) return `${name}: ${told[0] ?? `is none of ${Object.keys(results).join()}`}`;
  }
  return 'same';
}

function words(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]?.slice(0, 160) ?? '';
}

function readCase(packed: string): ConstantTensor {
  const read = readTensor(fromBinary(TensorProtoSchema, Buffer.from(packed, 'base64')), () => undefined);
  if ('code' in read) throw new Error(read.message);
  return read;
}

function tensorOf(packed: string | null | undefined, type: string, isTurned: boolean): Tensor | string {
  if (packed === null || packed === undefined) return 'not run: an input is no tensor';
  const { elementType, dims, numbers } = readCase(packed);
  const values = numbers();
  if (values === undefined) return `not run: an input of ${elementTypeName(elementType)}`;
  const order = isTurned ? [0, dims.length - 1, ...dims.slice(2).map((_, i) => i + 1)] : dims.map((_, i) => i);
  const turned = permuteAxes(Float32Array.from(values), dims, order);
  const own = permutedDims(dims, order);
  switch (type) {
    case 'float32':
      return new Tensor('float32', turned, own);
    case 'float64':
      return new Tensor('float64', Float64Array.from(values), dims);
    case 'int64':
      return new Tensor('int64', BigInt64Array.from(values, BigInt), dims);
    case 'int32':
      return new Tensor('int32', Int32Array.from(values), dims);
    case 'bool':
      return new Tensor('bool', Uint8Array.from(values), dims);
    case 'uint8':
      return new Tensor('uint8', Uint8Array.from(values), dims);
    case 'int8':
      return new Tensor('int8', Int8Array.from(values), dims);
    default:
      return `not run: an input of ${elementTypeName(elementType)}`;
  }
}

function differenceOf(result: unknown, expected: ConstantTensor): string {
  if (!(result instanceof Tensor)) return 'no tensor';
  const values = expected.numbers();
  if (values === undefined) return 'same';
  // The binding gives these out as bits.
  if (result.type === 'float16' || String(result.type) === 'bfloat16') return 'same';
  if (result.dims.join() !== expected.dims.join()) return `[${result.dims.join()}] for [${expected.dims.join()}]`;
  const data: ArrayLike<unknown> = result.data as ArrayLike<unknown>;
  let worst = 0;
  for (const [at, wanted] of values.entries()) {
    const own = Number(data[at]);
    if (Object.is(own, wanted) || own === wanted || (Number.isNaN(own) && Number.isNaN(wanted))) continue;
    const apart = Math.abs(own - wanted) / Math.max(1, Math.abs(wanted));
    worst = Number.isNaN(apart) ? Infinity : Math.max(worst, apart);
  }
  return worst <= 1e-3 ? 'same' : `off by ${worst.toExponential(1)}`;
}
