import { createBuilder } from '../../graph-engine/program/builder.ts';
import { createInterpreter } from '../../graph-engine/program/interpreter/createInterpreter.ts';
import type { Program, Value } from '../../graph-engine/program/program.ts';
import type { TensorflowAbilities } from '../../graph-engine/targets/tensorflow/emitContext.ts';
import { emitTensorflowGraph } from '../../graph-engine/targets/tensorflow/emitTensorflowGraph.ts';
import type { TfjsNode } from '../engines/loadTfjsNode.ts';
import { openSession } from './tensorflowSession.ts';

const TOLERANCE = 1e-4;

/** Whether a program has convolutions with groups. */
export function usesGroups({ entries }: Program): boolean {
  return Object.values(entries).some(({ instructions }) =>
    instructions.some(({ attributes }) => typeof attributes['groups'] === 'number' && attributes['groups'] > 1),
  );
}

/** A convolution in two groups and both of its gradients, of numbers that are all different. */
function probe(): Program {
  const b = createBuilder('probe');
  const numbers = (dims: readonly number[]): Value =>
    b.constant(
      Array.from({ length: dims.reduce((product, size) => product * size, 1) }, (_, i) => Math.sin(3 * i + 1)),
      dims,
    );
  const [imageDims, kernelDims] = [
    [2, 5, 5, 4],
    [3, 3, 2, 6],
  ];
  const settings = { groups: 2, strides: [2, 2], padding: 'explicit', pads: [1, 1, 1, 1] } as const;
  const [x, kernel] = [numbers(imageDims), numbers(kernelDims)];
  const y = b.conv2d(x, kernel, settings);
  const dy = numbers(y.dims);
  b.output('y', y);
  b.output('dx', b.conv2dBackpropInput(kernel, dy, imageDims, settings));
  b.output('dkernel', b.conv2dBackpropFilter(x, dy, kernelDims, settings));
  return { variables: [], entries: { probe: b.entry() } };
}

/** The largest difference between what TensorFlow makes of the probe and what the interpreter does. */
export async function errorOfGroups(tf: TfjsNode, abilities: TensorflowAbilities): Promise<number> {
  const program = probe();
  const graph = emitTensorflowGraph(program, abilities);
  const fetches = graph.entries['probe']?.fetches ?? {};
  const session = await openSession(tf, graph.savedModel);
  try {
    const results = session.run([], [], Object.values(fetches));
    const expected = createInterpreter(program).run('probe', {});
    const errors = Object.keys(fetches).flatMap((name, i) =>
      Array.from(expected[name]?.data ?? [NaN], (value, at) => Math.abs(value - (results[i]?.[at] ?? NaN))),
    );
    return Math.max(...errors);
  } finally {
    session.dispose();
  }
}

/**
 * Whether TensorFlow runs a convolution with groups as one node on this processor, and rightly. With oneDNN it does, about twice
 * as fast as one convolution for each group; without, it refuses when the node runs.
 */
export async function canGroupConvolutions(tf: TfjsNode): Promise<boolean> {
  try {
    return (await errorOfGroups(tf, { groupedConvolutions: true })) < TOLERANCE;
  } catch {
    return false;
  }
}
