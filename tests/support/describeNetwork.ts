import { createHash } from 'node:crypto';
import { sizeOf } from '../../src/graph-engine/core/shape.ts';
import { padsOf } from '../../src/graph-engine/core/window.ts';
import type { SkipwireDocument } from '../../src/graph-engine/document/schema.ts';
import { inferDocument } from '../../src/graph-engine/infer/inferDocument.ts';
import { type OpInstance, walkInstances } from '../../src/graph-engine/lower/walkInstances.ts';

/** What happens in training alone, and how weights begin: a file of a network says nothing of it. */
const trainingOnly: ReadonlySet<string> = new Set([
  ...['initializer', 'deviation', 'outputDeviation', 'initialBias', 'initialScale', 'initial', 'momentum'],
  ...['labelSmoothing', 'classWeights', 'lossWeight', 'positiveWeight', 'dropout', 'order'],
]);
const vanish: ReadonlySet<string> = new Set(['dropout', 'dropPath', 'spatialDropout']);

/**
 * Every op of a network by what it computes: itself, its parameters, and what feeds it, down to the inputs; with the values of
 * its weights where they are given, with their sizes otherwise. Names and blocks do not count.
 */
export function describeNetwork(
  document: SkipwireDocument,
  values?: ReadonlyMap<string, Float32Array>,
): readonly string[] {
  const found: string[] = [];
  walkInstances<string>(document, inferDocument(document).root, {
    zeros: () => 'zeros',
    visit(instance, inputs) {
      const [first = ''] = Object.values(inputs);
      if (vanish.has(instance.op) || isNothing(instance)) return { output: first };
      const sides = Object.entries(inputs).toSorted(([a], [b]) => (a < b ? -1 : 1));
      const fed = instance.op === 'add' ? sides.map(([, from]) => from).toSorted() : sides.flat();
      const hash = hashOf([kindOf(instance), ...fed].join(' '));
      const own = Object.entries(instance.inferred.weights).map(([weight, spec]) => {
        if (values === undefined) return `${weight} ${spec?.dims.join('×')}`;
        const numbers = values.get(`${instance.path}.${weight}`) ?? new Float32Array();
        return `${weight} ${hashOf(new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength))}`;
      });
      found.push([kindOf(instance), hash, ...own].join(' '));
      return Object.fromEntries(Object.keys(instance.inferred.outputs).map((port) => [port, `${hash}.${port}`]));
    },
  });
  return found.toSorted();
}

function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

/** Adds or cuts no pixel. */
function isNothing({ op, inferred: { inputs, outputs } }: OpInstance): boolean {
  const [from, to] = [inputs['input'], outputs['output']];
  return (
    (op === 'padChannels' || op === 'cropToMatch' || op === 'reshape') && JSON.stringify(from) === JSON.stringify(to)
  );
}

function kindOf({ op, inferred }: Pick<OpInstance, 'op' | 'inferred'>): string {
  const { inputs, outputs, parameters = {} } = inferred;
  // The mean of all positions of a sequence has two names.
  if (op === 'reduce' && parameters['by'] === 'mean' && parameters['axis'] === 'sequence') {
    return kindOf({ op: 'globalAveragePooling', inferred: { ...inferred, parameters: {} } });
  }
  const channels = inputs['input'] === undefined ? undefined : sizeOf(inputs['input'], 'channels');
  const { groups = 1, filters, multiplier, ...rest } = parameters;
  // As many groups as channels: a file does not tell the two apart.
  const depthwise = op === 'depthwiseConv2d' || (op === 'conv2d' && groups !== 1 && groups === channels);
  const grouped = depthwise ? {} : { groups, filters, multiplier };
  // A table of positions that is as long as the sequence, said or not.
  const isWhole = op === 'positionalEmbedding' && rest['positions'] === sizeOf(inputs['input'] ?? noType, 'sequence');
  const table = isWhole ? { positions: 0 } : {};
  const told = Object.entries({ ...rest, ...grouped, ...table, ...explicitPads(rest) })
    .filter(([name, value]) => !trainingOnly.has(name) && value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${depthwise ? 'depthwise' : op} ${JSON.stringify(told)} ${JSON.stringify(Object.values(outputs))}`;
}

const noType = { axes: [], dtype: 'float32' } as const;

function explicitPads(parameters: Readonly<Record<string, unknown>>) {
  const { kernel, stride, padding, dilation } = parameters;
  const isPair = (value: unknown): value is [number, number] => Array.isArray(value);
  const isPadding = padding === 'same' || padding === 'valid' || isPair(padding);
  if (!isPair(kernel) || !isPair(stride) || !isPadding) return {};
  return { padding: padsOf({ kernel, stride, padding, ...(isPair(dilation) ? { dilation } : {}) }) };
}
