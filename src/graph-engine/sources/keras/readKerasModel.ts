import { fail, ok, type Problem, type Result } from '../../core/diagnostic.ts';
import type { KerasCall, KerasLayer, KerasModel, KerasValue } from './kerasModel.ts';
import { isPlain, listOf, plainOf, sizesIn, textIn, type Plain } from './plainValue.ts';

/** Models within models deeper than this are refused. */
const DEEPEST = 16;
/** More layers than this are refused. */
const MOST_LAYERS = 20_000;

/** Classes that are models: their layers are listed. */
const modelClasses: ReadonlySet<string> = new Set(['Sequential', 'Functional', 'Model']);

class Refused extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/**
 * Reads the configuration of a model: what `model.to_json()` writes in Keras 2 and 3, the `config.json` of a `.keras` file, or the
 * `model.json` of a TensorFlow.js layers model.
 */
export function readKerasModel(json: unknown): Result<KerasModel> {
  try {
    const around = plainOf(json);
    const topology = plainOf(around['modelTopology']);
    const outer = isPlain(around['modelTopology']) ? topology : around;
    if (around['format'] === 'graph-model' || isPlain(topology['node'])) {
      throw new Refused({
        code: 'keras/graph-model',
        message: 'This is a TensorFlow.js graph model, which has operators but no layers.',
        expected: 'a layers model (format "layers-model")',
        received: 'a graph model',
      });
    }
    const inner = isPlain(outer['model_config']) ? outer['model_config'] : outer;
    const version = textIn(outer['keras_version']) ?? textIn(inner['keras_version']);
    const training = plainOf(outer['training_config']);
    const compiled = plainOf(inner['compile_config']);
    const loss = lossOf(compiled['loss'] ?? training['loss'] ?? plainOf(around['trainingConfig'])['loss']);
    return ok({ ...modelOf(inner, '', 0, { count: 0 }), version, loss });
  } catch (error) {
    if (error instanceof Refused) return fail(error.problem);
    throw error;
  }
}

interface Counter {
  count: number;
}

function modelOf(value: Plain, place: string, depth: number, counter: Counter): KerasModel {
  const className = textIn(value['class_name']) ?? '';
  if (className === '') {
    throw new Refused({
      code: 'keras/not-a-model',
      message: 'The file describes no Keras model.',
      expected: 'a JSON object with "class_name" and "config", as model.to_json() writes it',
      received: Object.keys(value).slice(0, 5).join(', ') || 'nothing',
    });
  }
  const config = plainOf(value['config']);
  const list = Array.isArray(value['config']) ? value['config'] : config['layers'];
  if (!Array.isArray(list)) {
    throw new Refused({
      code: 'keras/subclassed',
      message: `The model is of the class "${className}", whose layers only its Python code knows.`,
      expected: 'a Sequential or Functional model',
      received: `"${className}" without a list of layers`,
    });
  }
  if (depth > DEEPEST) throw tooLarge(`models within models, ${depth} deep`);
  counter.count += list.length;
  if (counter.count > MOST_LAYERS) throw tooLarge(`${counter.count} layers`);
  const names = new Map<string, number>();
  const layers = list.map((one: unknown, index) => {
    const layer = plainOf(one);
    const kind = textIn(layer['class_name']) ?? '';
    const isLayer = !/^keras\.src\.ops/.test(textIn(layer['module']) ?? '');
    return layerOf(layer, `${place}layers/${isLayer ? uniqueName(kind, names) : ''}`, index, depth, counter);
  });
  const isSequential = className === 'Sequential' || config['output_layers'] === undefined;
  const name = textIn(config['name']) ?? className;
  const wired = isSequential ? chained(layers, sizesIn(config['build_input_shape'])) : layers;
  const byName = new Map(wired.map((layer) => [layer.name, layer]));
  if (byName.size !== wired.length) {
    throw new Refused({ code: 'keras/duplicate', message: `Two layers of "${name}" have the same name.` });
  }
  const [first, last] = [wired[0], wired.at(-1)];
  const inputs = isSequential ? ends(first?.name) : valuesIn(config['input_layers']);
  const outputs = isSequential ? ends(last?.name) : valuesIn(config['output_layers']);
  if (inputs.length === 0 || outputs.length === 0) {
    throw new Refused({
      code: 'keras/no-ends',
      message: `The model "${name}" has no ${inputs.length === 0 ? 'inputs' : 'outputs'}.`,
    });
  }
  return { name, className, layers: byName, inputs, outputs, version: undefined, loss: undefined };
}

function tooLarge(received: string): Refused {
  return new Refused({
    code: 'keras/too-large',
    message: `The model has ${received}.`,
    expected: `at most ${MOST_LAYERS} layers, ${DEEPEST} deep`,
    received,
  });
}

/** The name that Keras gives the weights of a layer in a file: its class, counted through. */
function uniqueName(className: string, taken: Map<string, number>): string {
  const snake = className
    .replaceAll(/\W+/g, '')
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
  const count = taken.get(snake) ?? 0;
  taken.set(snake, count + 1);
  return count === 0 ? snake : `${snake}_${count}`;
}

function layerOf(layer: Plain, place: string, index: number, depth: number, counter: Counter): KerasLayer {
  const className = textIn(layer['class_name']) ?? '';
  const config = plainOf(layer['config']);
  const isModel = modelClasses.has(className) || Array.isArray(config['layers']);
  return {
    name: textIn(layer['name']) ?? textIn(config['name']) ?? `${className}_${index}`,
    className,
    module: textIn(layer['module']) ?? '',
    config,
    calls: listOf(layer['inbound_nodes']).map(callOf),
    builtFor: sizesIn(plainOf(layer['build_config'])['input_shape']),
    model: isModel ? modelOf(layer, `${place}/`, depth + 1, counter) : undefined,
    place,
  };
}

/** Layers of a Sequential: each is called with the one before; an input stands in front where the file leaves it out. */
function chained(layers: readonly KerasLayer[], built: readonly (number | null)[] | undefined): readonly KerasLayer[] {
  const [first] = layers;
  if (first === undefined) return [];
  const batchShape =
    sizesIn(first.config['batch_shape'] ?? first.config['batch_input_shape']) ?? first.builtFor ?? built;
  const input: KerasLayer = {
    name: `${first.name}_input`,
    className: 'InputLayer',
    module: 'keras.layers',
    config: batchShape === undefined ? {} : { batch_shape: batchShape },
    calls: [],
    builtFor: undefined,
    model: undefined,
    place: '',
  };
  const all = first.className === 'InputLayer' ? layers : [input, ...layers];
  return all.map((layer, i) => {
    const before = all[i - 1];
    if (before === undefined) return layer;
    const shape = layer.builtFor;
    const value: KerasValue = { layer: before.name, call: 0, output: 0, shape };
    return { ...layer, calls: [{ inputs: [value], named: new Map() }] };
  });
}

function ends(layer: string | undefined): readonly KerasValue[] {
  return layer === undefined ? [] : [{ layer, call: 0, output: 0, shape: undefined }];
}

/** One call, as Keras 3 writes it (`args` and `kwargs`) or as Keras 2 does (a list of `[layer, call, output, kwargs]`). */
function callOf(value: unknown): KerasCall {
  if (isPlain(value)) {
    const inputs = listOf(value['args']).flatMap(argumentsIn);
    return { inputs, named: namedIn(plainOf(value['kwargs'])) };
  }
  const entries = typeof listOf(value)[0] === 'string' ? [value] : listOf(value);
  const named = entries.map((entry) => namedIn(plainOf(listOf(entry)[3])));
  return { inputs: entries.flatMap(argumentsIn), named: new Map(named.flatMap((one) => [...one])) };
}

function namedIn(given: Plain): KerasCall['named'] {
  return new Map(
    Object.entries(given).map(([name, value]) => [name, valueIn(value) ?? { constant: constantIn(value) }] as const),
  );
}

/** The values in an argument; a list of them counts as many arguments. */
function argumentsIn(value: unknown): KerasCall['inputs'] {
  const one = valueIn(value);
  if (one !== undefined) return [one];
  const inner = listOf(value).map(valueIn);
  if (inner.length > 0 && inner.every((found) => found !== undefined)) return inner;
  return [{ constant: constantIn(value) }];
}

/** A constant; numbers of a tensor are written in an object of their own. */
function constantIn(value: unknown): unknown {
  return isPlain(value) && isPlain(value['config']) && 'value' in value['config'] ? value['config']['value'] : value;
}

function valueIn(value: unknown): KerasValue | undefined {
  if (isPlain(value)) {
    if (value['class_name'] !== '__keras_tensor__') return undefined;
    const config = plainOf(value['config']);
    const found = valueIn(config['keras_history']);
    return found === undefined ? undefined : { ...found, shape: sizesIn(config['shape']) };
  }
  const [layer, call, output] = listOf(value);
  if (typeof layer !== 'string' || typeof call !== 'number' || typeof output !== 'number') return undefined;
  return { layer, call, output, shape: undefined };
}

/** `input_layers` and `output_layers`: one value, a list of values, or values by their names. */
function valuesIn(value: unknown): readonly KerasValue[] {
  const one = valueIn(value);
  if (one !== undefined) return [one];
  const all = isPlain(value) ? Object.values(value) : listOf(value);
  return all.map(valueIn).filter((found) => found !== undefined);
}

function lossOf(value: unknown): string | undefined {
  const name = isPlain(value) ? (textIn(plainOf(value['config'])['name']) ?? textIn(value['class_name'])) : value;
  return typeof name === 'string' ? name : undefined;
}
