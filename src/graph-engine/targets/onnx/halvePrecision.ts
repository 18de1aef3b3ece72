import type { OnnxElement, OnnxGraph, OnnxInitializer, OnnxNode, OnnxValue } from './onnxGraph.ts';
import { withoutDeadNodes } from './onnxGraph.ts';

/** TensorProto.DataType of onnx.proto, as Cast takes it. */
const CAST_TO = { float32: 1, float16: 10 } as const;
const ELEMENT_OF: Readonly<Record<number, OnnxElement>> = { 1: 'float32', 6: 'int32', 7: 'int64', 10: 'float16' };

/**
 * Ops written by their parts whose sums of squares leave the range of float16 long before their results do. As one
 * operator they are calculated in float32 by every runtime.
 */
const WIDE_OPS: ReadonlySet<string> = new Set(['rmsNormalization', 'layerNormalization']);

/** Whether a node is calculated in float32 all the same. */
function staysWide({ op, opType }: OnnxNode): boolean {
  // Numbers of positions, which are compared, are exact only up to 2048.
  if (opType === 'Greater') return true;
  return op !== undefined && WIDE_OPS.has(op) && opType !== 'LayerNormalization' && opType !== 'Transpose';
}

/** Inputs that an operator wants in float32 whatever it works on: the scales of Resize. */
function wantsFloat32({ opType }: OnnxNode, input: number): boolean {
  return opType === 'Resize' && input === 2;
}

/** What a node answers with. */
function elementOf(node: OnnxNode, first: OnnxElement | 'bool'): OnnxElement | 'bool' {
  switch (node.opType) {
    case 'Shape':
      return 'int64';
    case 'Greater':
    case 'Equal':
      return 'bool';
    case 'Cast':
      return ELEMENT_OF[Number(node.attributes['to'])] ?? 'float32';
    default:
      return first;
  }
}

/**
 * The graph in float16: weights, constants and everything calculated from them. Inputs and outputs stay float32 on demand, and
 * what float16 would calculate wrongly stays float32 inside.
 */
export function halvePrecision(graph: OnnxGraph, ends: 'float32' | 'float16'): OnnxGraph {
  const elements = new Map<string, OnnxElement | 'bool'>();
  const taken = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  const nodes: OnnxNode[] = [];
  const casts = new Map<string, string>();
  /** Constants stay as they are for whoever wants float32; others get a half of their own. */
  const constants = new Map(graph.initializers.map((tensor) => [tensor.name, tensor]));
  const tensors = new Map<string, OnnxInitializer>();

  const nodeNames = new Set(graph.nodes.map(({ name }) => name));
  const free = (wanted: string): string => freeIn(taken, wanted);

  function cast(from: string, to: keyof typeof CAST_TO, output = free(`${from}.${to}`)): string {
    const key = `${from} ${to}`;
    const known = casts.get(key);
    if (known !== undefined) return known;
    casts.set(key, output);
    nodes.push({
      name: freeIn(nodeNames, output),
      opType: 'Cast',
      inputs: [from],
      outputs: [output],
      attributes: { to: CAST_TO[to] },
      documentation: '',
    });
    elements.set(output, to);
    return output;
  }

  /** The name under which a value is there in an element type. */
  function as(name: string, wanted: 'float32' | 'float16'): string {
    const constant = constants.get(name);
    if (constant !== undefined) {
      if (constant.dtype === 'int64') return name;
      const other = tensors.get(name);
      if (other === undefined || other.dtype === wanted) {
        tensors.set(name, { ...constant, dtype: wanted });
        return name;
      }
      const key = `${name} ${wanted}`;
      const known = casts.get(key);
      if (known !== undefined) return known;
      const copy = free(`${name}.${wanted}`);
      casts.set(key, copy);
      tensors.set(copy, { ...constant, name: copy, dtype: wanted });
      return copy;
    }
    const element = elements.get(name);
    if (element !== 'float32' && element !== 'float16') return name;
    return element === wanted ? name : cast(name, wanted);
  }

  const isFloat = (value: OnnxValue): boolean => value.dtype === 'float32';
  const halved = (value: OnnxValue): OnnxValue => (isFloat(value) ? { ...value, dtype: 'float16' } : value);
  for (const { name, dtype } of graph.inputs) elements.set(name, dtype === 'float32' ? ends : dtype);
  /** Outputs that are calculated in another type than they have: the value by the name of the output. */
  const inside = new Map<string, string>();
  for (const { name, dtype } of graph.outputs)
    if (dtype === 'float32' && ends === 'float32') inside.set(name, free(`${name}.float16`));
  const current = (name: string): string => inside.get(name) ?? name;

  for (const node of graph.nodes) {
    const wide = staysWide(node);
    const toFloat = node.opType === 'Cast' && Number(node.attributes['to']) === CAST_TO.float32;
    const inputs = node.inputs.map((name, index) =>
      name === '' ? name : as(current(name), wide || wantsFloat32(node, index) ? 'float32' : 'float16'),
    );
    const attributes = toFloat ? { ...node.attributes, to: CAST_TO.float16 } : node.attributes;
    const outputs = node.outputs.map(current);
    const written = { ...node, inputs, outputs, attributes };
    nodes.push(written);
    const source = node.opType === 'Where' ? inputs[1] : inputs[0];
    const first =
      elements.get(source ?? '') ?? tensors.get(source ?? '')?.dtype ?? constants.get(source ?? '')?.dtype ?? 'float16';
    // The second result of TopK are places.
    outputs.forEach((output, i) =>
      elements.set(output, node.opType === 'TopK' && i === 1 ? 'int64' : elementOf(written, first)),
    );
  }
  for (const [output, value] of inside) cast(value, 'float32', output);
  for (const { name, dtype } of graph.outputs) {
    // Ends of float16 whose last step is a wide one.
    if (dtype === 'float32' && ends === 'float16' && elements.get(name) === 'float32') narrowEnd(name);
  }

  function narrowEnd(name: string): void {
    const wide = free(`${name}.float32`);
    const rename = (other: string): string => (other === name ? wide : other);
    for (const [i, node] of nodes.entries()) {
      nodes[i] = { ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) };
    }
    elements.set(wide, 'float32');
    cast(wide, 'float16', name);
  }

  const end = (value: OnnxValue): OnnxValue => (ends === 'float16' ? halved(value) : value);
  return withoutDeadNodes({
    nodes,
    initializers: [...graph.initializers.filter(({ dtype }) => dtype === 'int64'), ...tensors.values()],
    inputs: graph.inputs.map(end),
    outputs: graph.outputs.map(end),
    inner: graph.inner.map((value) => {
      const element = elements.get(value.name);
      return element === undefined || element === 'bool' ? halved(value) : { ...value, dtype: element };
    }),
  });
}

/** The name, or with a number behind it where it is taken; it is taken then. */
function freeIn(taken: Set<string>, wanted: string): string {
  let name = wanted;
  for (let suffix = 2; taken.has(name); suffix++) name = `${wanted}_${suffix}`;
  taken.add(name);
  return name;
}
