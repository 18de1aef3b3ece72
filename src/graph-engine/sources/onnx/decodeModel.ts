import { fromBinary } from '@bufbuild/protobuf';
import { fail, ok, type Result } from '../../core/diagnostic.ts';
import {
  ModelProtoSchema,
  type AttributeProto,
  type GraphProto,
  type ModelProto,
  type NodeProto,
  type TypeProto,
  type ValueInfoProto,
} from '../../targets/protobuf/generated/onnx_pb.js';
import { readTensor, type ConstantTensor, type ReadExternal } from './constantTensor.ts';
import { inlineFunctions } from './inlineFunctions.ts';
import { modulesOf } from './modulePaths.ts';
import type { SourceDim, SourceModel, SourceNode, SourceType, SourceValue } from './sourceModel.ts';

/** A file of more nodes is refused: no drawing of it could be looked at. */
const MAXIMUM_NODES = 200_000;

/**
 * Reads an ONNX file: what it says is checked against its length, its functions are written out, its nodes sorted. Data beside
 * the model are read through `external`. A file that is none comes back as a problem that names the place.
 */
export function decodeModel(bytes: Uint8Array, external: ReadExternal): Result<SourceModel> {
  let model: ModelProto;
  try {
    model = fromBinary(ModelProtoSchema, bytes);
  } catch (error) {
    return notOnnx(error instanceof Error ? error.message : String(error));
  }
  const { graph } = model;
  if (graph === undefined) return notOnnx('It holds no graph.');
  const opsets = new Map(model.opsetImport.map(({ domain, version }) => [ownDomain(domain), Number(version)]));
  // Models of the first format name no operator set: it is the first one.
  const opset = opsets.get('') ?? (model.irVersion < 3n ? 1 : NEWEST_KNOWN_OPSET);
  if (opset > NEWEST_KNOWN_OPSET) {
    return fail({
      code: 'onnx/newer-opset',
      message: `The model uses ONNX opset ${opset}; this version of Skipwire reads opsets up to ${NEWEST_KNOWN_OPSET}.`,
      expected: `opset ${NEWEST_KNOWN_OPSET} or older`,
      received: `opset ${opset}`,
    });
  }
  const inlined = inlineFunctions(graph.node, model.functions);
  if (!inlined.ok) return inlined;
  if (inlined.value.length > MAXIMUM_NODES) {
    return fail({
      code: 'onnx/too-many-nodes',
      message: `The model has ${inlined.value.length} nodes.`,
      expected: `at most ${MAXIMUM_NODES}`,
      received: String(inlined.value.length),
    });
  }
  const initializers = readInitializers(graph, external);
  if (!initializers.ok) return initializers;
  const nodes = sortNodes(inlined.value, graph, initializers.value);
  if (!nodes.ok) return nodes;
  const inputs = graph.input.filter(({ name }) => !initializers.value.has(name)).map(valueOf);
  const known = new Set([...inputs.map(({ name }) => name), ...initializers.value.keys()]);
  for (const { outputs } of nodes.value) for (const name of outputs) known.add(name);
  const missing = graph.output.find(({ name }) => !known.has(name));
  if (missing !== undefined) {
    return fail({
      code: 'onnx/missing-value',
      message: `Nothing in the model makes its output "${missing.name}".`,
      received: missing.name,
    });
  }
  return ok({
    name: graph.name,
    producer: model.producerName,
    documentation: model.docString,
    opset,
    opsets,
    nodes: nodes.value,
    inputs,
    outputs: graph.output.map(valueOf),
    initializers: initializers.value,
    told: new Map([...graph.valueInfo, ...graph.output].map((value) => [value.name, typeOf(value.type)])),
    notes: model.trainingInfo.length > 0 ? ['What the file says about its training is left out.'] : [],
  });
}

/** The newest operator set whose operators are known here. */
export const NEWEST_KNOWN_OPSET = 28;

function notOnnx(why: string): Result<never> {
  return fail({ code: 'onnx/not-a-model', message: `The file is no ONNX model, or a damaged one. ${why}` });
}

/** ONNX's own operators have two names for their domain. */
function ownDomain(domain: string): string {
  return domain === 'ai.onnx' ? '' : domain;
}

function readInitializers(graph: GraphProto, external: ReadExternal): Result<Map<string, ConstantTensor>> {
  const found = new Map<string, ConstantTensor>();
  for (const tensor of graph.initializer) {
    const read = readTensor(tensor, external);
    if ('code' in read) return fail(read);
    found.set(tensor.name, read);
  }
  return ok(found);
}

function valueOf({ name, type, docString }: ValueInfoProto): SourceValue {
  return { name, type: typeOf(type), documentation: docString };
}

/** What a type says, as far as it is that of a tensor. */
export function typeOf(type: TypeProto | undefined): SourceType {
  if (type?.value.case !== 'tensorType') return { elementType: 0, dims: null, proto: type };
  const { elemType, shape } = type.value.value;
  const dims = shape?.dim.map(({ value }): SourceDim => {
    if (value.case === 'dimValue') {
      const size = Number(value.value);
      return size >= 0 && Number.isSafeInteger(size) ? size : null;
    }
    return value.case === 'dimParam' && value.value !== '' ? value.value : null;
  });
  return { elementType: elemType, dims: dims ?? null, proto: type };
}

/** A node as it is read from a file. */
export function sourceNodeOf(node: NodeProto): SourceNode {
  const attributes = new Map<string, AttributeProto>(node.attribute.map((attribute) => [attribute.name, attribute]));
  return {
    name: node.name,
    opType: node.opType,
    domain: ownDomain(node.domain),
    inputs: node.input,
    outputs: node.output,
    attributes,
    documentation: node.docString,
    modules: modulesOf(node),
  };
}

/** Values of the surrounding graph that subgraphs of a node use. */
export function outerValues(node: SourceNode): readonly string[] {
  const used = new Set<string>();
  const look = (graph: GraphProto, around: ReadonlySet<string>): void => {
    const known = new Set([
      ...around,
      ...graph.input.map(({ name }) => name),
      ...graph.initializer.map(({ name }) => name),
    ]);
    for (const inner of graph.node) {
      for (const name of inner.input) if (name !== '' && !known.has(name)) used.add(name);
      for (const { g, graphs } of inner.attribute) {
        for (const deeper of [...(g === undefined ? [] : [g]), ...graphs]) look(deeper, known);
      }
      for (const name of inner.output) known.add(name);
    }
    for (const { name } of graph.output) if (name !== '' && !known.has(name)) used.add(name);
  };
  for (const { g, graphs } of node.attributes.values()) {
    for (const graph of [...(g === undefined ? [] : [g]), ...graphs]) look(graph, new Set());
  }
  return [...used];
}

/** The nodes so that each comes after what it uses: files are to be sorted, and some are not. */
function sortNodes(
  protos: readonly NodeProto[],
  graph: GraphProto,
  initializers: ReadonlyMap<string, unknown>,
): Result<readonly SourceNode[]> {
  const known = new Set(['', ...graph.input.map(({ name }) => name), ...initializers.keys()]);
  for (const { values } of graph.sparseInitializer) if (values !== undefined) known.add(values.name);
  const made = new Map<string, number>();
  const nodes = protos.map(sourceNodeOf);
  for (const [index, { outputs, name, opType }] of nodes.entries()) {
    for (const output of outputs) {
      if (output === '') continue;
      if (known.has(output) || made.has(output)) {
        return fail({
          code: 'onnx/two-values',
          message: `The value "${output}" is made twice, the second time by "${name || opType}".`,
          received: output,
        });
      }
      made.set(output, index);
    }
  }
  const sorted: SourceNode[] = [];
  const state = new Uint8Array(nodes.length);
  for (const start of nodes.keys()) {
    // Depth first without recursion: a chain may be longer than the stack.
    const stack = [start];
    while (stack.length > 0) {
      const index = stack.at(-1) ?? 0;
      const node = nodes[index];
      if (node === undefined || state[index] === DONE) {
        stack.pop();
        continue;
      }
      state[index] = OPEN;
      let waits = false;
      for (const input of [...node.inputs, ...outerValues(node)]) {
        if (known.has(input)) continue;
        const maker = made.get(input);
        if (maker === undefined) {
          return fail({
            code: 'onnx/missing-value',
            message: `The node "${node.name || node.opType}" uses "${input}", which nothing in the model makes.`,
            received: input,
          });
        }
        if (state[maker] === DONE) continue;
        if (state[maker] === OPEN) {
          return fail({
            code: 'onnx/cycle',
            message: `The node "${node.name || node.opType}" waits for itself: the model has a cycle.`,
          });
        }
        stack.push(maker);
        waits = true;
      }
      if (waits) continue;
      state[index] = DONE;
      sorted.push(node);
      stack.pop();
    }
  }
  return ok(sorted);
}

/** A node that was visited and waits for others; those that are not visited have 0. */
const OPEN = 1;
const DONE = 2;
