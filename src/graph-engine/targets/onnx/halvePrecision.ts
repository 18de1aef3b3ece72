import { answersOf, CAST_TO, declaredElements, type Element } from './elements.ts';
import type { OnnxGraph, OnnxInitializer, OnnxNode, OnnxValue } from './onnxGraph.ts';
import { withoutDeadNodes } from './onnxGraph.ts';

/**
 * Ops written by their parts whose sums of squares leave the range of float16 long before their results do. As one
 * operator they are calculated in float32 by every runtime.
 */
const WIDE_OPS: ReadonlySet<string> = new Set(['rmsNormalization', 'layerNormalization']);

/** Whether a node is calculated in float32 all the same. */
function staysWide({ op, opType, kept }: OnnxNode): boolean {
  // Numbers of positions, which are compared, are exact only up to 2048. What a file had is of the type that it had there.
  if (opType === 'Greater' || opType === 'BatchNormalization' || kept !== undefined) return true;
  return op !== undefined && WIDE_OPS.has(op) && opType !== 'LayerNormalization' && opType !== 'Transpose';
}

/** Inputs that an operator wants in float32 whatever it works on: the scales of Resize. */
function wantsFloat32({ opType }: OnnxNode, input: number): boolean {
  return opType === 'Resize' && input === 2;
}

/**
 * The graph in float16: weights, constants and everything calculated from them. Inputs and outputs stay float32 on demand, and
 * what float16 would calculate wrongly stays float32 inside, as do operators kept from a file with all that they take.
 */
export function halvePrecision(graph: OnnxGraph, ends: 'float32' | 'float16'): OnnxGraph {
  const declared = declaredElements(graph);
  const elements = new Map<string, Element>();
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
      if (constant.dtype === 'int64' || constant.kept !== undefined) return name;
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

  const isFloat = ({ dtype, kept }: OnnxValue): boolean => dtype === 'float32' && kept === undefined;
  const halved = (value: OnnxValue): OnnxValue => (isFloat(value) ? { ...value, dtype: 'float16' } : value);
  for (const value of graph.inputs)
    elements.set(value.name, isFloat(value) ? ends : (declared.get(value.name) ?? 'unknown'));
  /** Outputs that are calculated in another type than they have: the value by the name of the output. */
  const inside = new Map<string, string>();
  for (const value of graph.outputs)
    if (isFloat(value) && ends === 'float32') inside.set(value.name, free(`${value.name}.float16`));
  const current = (name: string): string => inside.get(name) ?? name;

  for (const node of graph.nodes) {
    const wide = staysWide(node);
    const toFloat = node.opType === 'Cast' && Number(node.attributes['to']) === CAST_TO.float32;
    const taking = (name: string, wanted: 'float32' | 'float16') => (name === '' ? name : as(current(name), wanted));
    const inputs = node.inputs.map((name, index) =>
      taking(name, wide || wantsFloat32(node, index) ? 'float32' : 'float16'),
    );
    const written: OnnxNode = {
      ...node,
      inputs,
      outputs: node.outputs.map(current),
      attributes: toFloat ? { ...node.attributes, to: CAST_TO.float16 } : node.attributes,
      ...(node.kept !== undefined && {
        kept: {
          ...node.kept,
          captured: new Map([...node.kept.captured].map(([name, value]) => [name, taking(value, 'float32')])),
        },
      }),
    };
    nodes.push(written);
    const answers = answersOf(
      { ...written, outputs: node.outputs },
      (name) => elements.get(name) ?? tensors.get(name)?.dtype ?? constants.get(name)?.dtype ?? 'float16',
      (name) => declared.get(name) ?? 'unknown',
    );
    written.outputs.forEach((output, i) => elements.set(output, answers[i] ?? 'unknown'));
  }
  for (const [output, value] of inside) {
    if (elements.get(value) === 'float32') rename(value, output);
    else cast(value, 'float32', output);
  }
  for (const { name, dtype } of graph.outputs) {
    if (dtype !== 'float32' || ends === 'float32' || elements.get(name) !== 'float32') continue;
    // Ends of float16 whose last step is a wide one.
    const wide = free(`${name}.float32`);
    rename(name, wide);
    cast(wide, 'float16', name);
  }

  function rename(from: string, to: string): void {
    const renamed = (other: string): string => (other === from ? to : other);
    for (const [i, node] of nodes.entries()) {
      const { inputs, outputs, kept } = node;
      nodes[i] = {
        ...node,
        inputs: inputs.map(renamed),
        outputs: outputs.map(renamed),
        ...(kept !== undefined && {
          kept: { ...kept, captured: new Map([...kept.captured].map(([name, value]) => [name, renamed(value)])) },
        }),
      };
    }
    elements.set(to, elements.get(from) ?? 'unknown');
  }

  const end = (value: OnnxValue): OnnxValue => (ends === 'float16' ? halved(value) : value);
  const untouched = graph.initializers.filter(({ dtype, kept }) => dtype === 'int64' || kept !== undefined);
  return withoutDeadNodes({
    nodes,
    initializers: [...untouched, ...tensors.values()],
    inputs: graph.inputs.map(end),
    outputs: graph.outputs.map(end),
    inner: graph.inner.map((value) => {
      const element = elements.get(value.name);
      return element === undefined || element === 'bool' || element === 'unknown'
        ? halved(value)
        : { ...value, dtype: element };
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
