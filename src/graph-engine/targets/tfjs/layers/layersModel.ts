import type { TensorType } from '../../../core/shape.ts';
import type { SkipwireDocument } from '../../../document/schema.ts';
import type { InferredDocument } from '../../../infer/inferDocument.ts';
import { type OpInstance, walkInstances } from '../../../lower/walkInstances.ts';
import { opNamed } from '../../../ops/index.ts';
import { binaryOutput } from '../../../ops/output/binaryOutput.ts';
import type { InputNormalization } from '../../onnx/normalizeInput.ts';
import { createUniqueNames, onnxName } from '../../onnx/uniqueNames.ts';
import { sizeOrThrow, typeAt } from '../../python/portTypes.ts';
import type { ServingOptions } from '../../tensorflow/serving/servingGraph.ts';
import { wantedPorts } from '../../wantedPorts.ts';
import type { ManifestTensor } from '../weightsManifest.ts';
import { layerEmitters } from './emitters/index.ts';
import type { LayersContext, LayerValue } from './layersOp.ts';

/** An input or output of the model, under the name of its layer. */
export interface LayersEnd {
  readonly name: string;
  /** Path of the node of the document. */
  readonly path: string;
  /** Of an output node; empty for an input. */
  readonly port: string;
  readonly type: TensorType;
  readonly dims: readonly number[];
}

/** A network as layers of Keras 2, which `tf.loadLayersModel` reads; the values of weights lie in shards beside it. */
export interface LayersModel {
  /** `modelTopology` of model.json. */
  readonly topology: unknown;
  readonly inputs: readonly LayersEnd[];
  readonly outputs: readonly LayersEnd[];
  /** In the order in which their data follow. */
  readonly tensors: readonly ManifestTensor[];
  /** Nodes that no layer does, with what each would need. */
  readonly unsupported: readonly UnsupportedNode[];
}

export interface UnsupportedNode {
  readonly path: string;
  /** Title of its op. */
  readonly op: string;
  readonly reason: string;
}

/** What stands where nothing could be written; the model is refused then. */
const NOTHING: LayerValue = { layer: '', nonNegative: false };

/**
 * Writes the prediction of a network as a layers model: one layer for a node, or a few, named after its path. Nodes that no layer
 * does are told and nothing is to be written then. Throws for a document with errors.
 */
export function encodeLayersModel(
  document: SkipwireDocument,
  { root }: InferredDocument,
  options: Pick<ServingOptions, 'answers' | 'batch' | 'normalization'>,
): LayersModel {
  const names = createUniqueNames();
  const layers: object[] = [];
  const tensors: ManifestTensor[] = [];
  const unsupported: UnsupportedNode[] = [];
  const inputs: LayersEnd[] = [];
  const outputs: LayersEnd[] = [];
  const ends = outputNodes(document, root);
  const outputName = (path: string, port: string): string => layerName(ends.length > 1 ? `${path}.${port}` : port);
  // What callers ask for by name has the name, though a node be called so too.
  const reserved = new Set(
    ends.flatMap(({ path, ports }) =>
      wantedPorts(ports, options.answers).map((port) => names.take(outputName(path, port))),
    ),
  );

  function addLayer(
    wanted: string,
    className: string,
    config: Readonly<Record<string, unknown>>,
    from: readonly LayerValue[],
    isOutput = false,
  ): string {
    const name = isOutput && reserved.has(wanted) ? wanted : names.take(layerName(wanted));
    const inbound = from.length === 0 ? [] : [from.map(({ layer }) => [layer, 0, 0, {}])];
    layers.push({ class_name: className, name, config: { name, trainable: true, ...config }, inbound_nodes: inbound });
    return name;
  }

  function addInput({ path, inferred }: OpInstance): Readonly<Record<string, LayerValue>> {
    return Object.fromEntries(
      Object.entries(known(inferred.outputs)).map(([port, type]) => {
        const dims = dimsOf(type, options.batch);
        const shape = dims.map((size) => (size < 0 ? null : size));
        const { dtype } = type;
        const name = addLayer(path, 'InputLayer', { batch_input_shape: shape, dtype, sparse: false }, []);
        inputs.push({ name, path, port: '', type, dims });
        const own = options.normalization?.get(path);
        const read: LayerValue = { layer: name, nonNegative: false };
        return [port, own === undefined ? read : normalized(path, read, own)];
      }),
    );
  }

  /** A batch normalization that stands still does what the run did to its data. */
  function normalized(path: string, value: LayerValue, { mean, deviation }: InputNormalization): LayerValue {
    const config = { axis: -1, epsilon: 0, center: false, scale: false };
    const layer = addLayer(`${path}.normalized`, 'BatchNormalization', config, [value]);
    const constants = { moving_mean: mean, moving_variance: deviation.map((one) => one * one) };
    for (const [name, numbers] of Object.entries(constants)) {
      const content = new Uint8Array(Float32Array.from(numbers).buffer);
      tensors.push({ name: `${layer}/${name}`, dims: [numbers.length], dtype: 'float32', source: { content } });
    }
    return { layer, nonNegative: false };
  }

  function addOutput({ path, op, inferred }: OpInstance, value: LayerValue): void {
    for (const port of wantedPorts(Object.keys(inferred.outputs), options.answers)) {
      const squashed = op === binaryOutput.type ? 'sigmoid' : 'softmax';
      const activation = port === 'probabilities' ? squashed : 'linear';
      const name = addLayer(outputName(path, port), 'Activation', { activation }, [value], true);
      const type = typeAt(known(inferred.outputs), port);
      outputs.push({ name, path, port, type, dims: dimsOf(type, options.batch) });
    }
  }

  walkInstances<LayerValue>(document, root, {
    visit(instance, values) {
      const { path, op: type, inferred } = instance;
      const op = opNamed(type);
      if (op?.family === 'input') return addInput(instance);
      const ports = Object.keys(inferred.outputs);
      if (op?.family === 'output') {
        addOutput(instance, values['input'] ?? NOTHING);
        return Object.fromEntries(ports.map((port) => [port, NOTHING]));
      }
      const emit = layerEmitters.get(type);
      const refuse = (reason: string): Readonly<Record<string, LayerValue>> => {
        unsupported.push({ path, op: op?.documentation.title ?? type, reason });
        return Object.fromEntries(ports.map((port) => [port, NOTHING]));
      };
      if (emit === undefined) return refuse('there is no such layer');
      const table = Object.entries(inferred.inputs).find(([, one]) => one?.isTable === true);
      if (table !== undefined) return refuse('layers cannot share a table of weights');
      const context: LayersContext<unknown> = {
        parameters: inferred.parameters,
        types: known(inferred.inputs),
        outputs: known(inferred.outputs),
        inputs: values,
        layer(className, config, from, { suffix, weights = {}, nonNegative = false } = {}) {
          const name = addLayer(suffix === undefined ? path : `${path}.${suffix}`, className, config, from);
          for (const [ours, { as, dims }] of Object.entries(weights)) {
            const spec = inferred.weights[ours];
            if (spec === undefined) continue;
            const source = { variable: `${path}.${ours}` };
            tensors.push({ name: `${name}/${as}`, dims: dims ?? spec.dims, dtype: 'float32', source });
          }
          return { layer: name, nonNegative };
        },
      };
      const emitted = emit(context);
      if (typeof emitted === 'string') return refuse(emitted);
      // A table that goes along a wire is refused where it is used.
      return Object.fromEntries(ports.map((port) => [port, emitted[port] ?? NOTHING]));
    },
    zeros({ path }) {
      unsupported.push({ path, op: 'Muted node', reason: 'no layer answers zeros' });
      return NOTHING;
    },
  });
  const places = (list: readonly LayersEnd[]): unknown => list.map(({ name }) => [name, 0, 0]);
  return {
    topology: {
      class_name: 'Model',
      config: {
        name: layerName(document.name),
        layers,
        input_layers: places(inputs),
        output_layers: places(outputs),
      },
      keras_version: '2.15.0',
      backend: 'tensorflow',
    },
    inputs,
    outputs,
    tensors,
    unsupported,
  };
}

/** A name that TensorFlow takes: it begins with a letter or digit. */
function layerName(path: string): string {
  const name = onnxName(path);
  return /^[A-Za-z0-9]/.test(name) ? name : `layer${name}`;
}

function dimsOf(type: TensorType, batch: number | null): readonly number[] {
  return [batch ?? -1, ...type.axes.map(({ size }) => sizeOrThrow(size))];
}

function known(types: Readonly<Record<string, TensorType | undefined>>): Readonly<Record<string, TensorType>> {
  return Object.fromEntries(
    Object.entries(types).flatMap(([port, type]) => (type === undefined ? [] : [[port, type] as const])),
  );
}

/** The output nodes of the expanded network, with their ports. */
function outputNodes(document: SkipwireDocument, root: InferredDocument['root']) {
  const found: { readonly path: string; readonly ports: readonly string[] }[] = [];
  walkInstances<null>(document, root, {
    visit({ path, op, inferred }) {
      const ports = Object.keys(inferred.outputs);
      if (opNamed(op)?.family === 'output') found.push({ path, ports });
      return Object.fromEntries(ports.map((port) => [port, null]));
    },
    zeros: () => null,
  });
  return found;
}
