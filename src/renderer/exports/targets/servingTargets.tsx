import { create } from 'zustand';
import type { Served, ServingChoices } from '../../../contract/servingExports.ts';
import { formatBytes } from '../../training/format.ts';
import { NumberField } from '../../ui/NumberField.tsx';
import { Select } from '../../ui/Select.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { describeVerification, weightWords } from '../describeExport.ts';
import { ResultLine, ResultPaths } from '../ExportResult.tsx';
import type { ExportTarget, TargetFormProps } from './exportTarget.ts';
import { answerOptions, batchOptions, reasonOf } from './onnx/onnxChoices.ts';

const useServingChoices = create<ServingChoices>(() => ({ answers: 'all', batch: null, normalize: false }));
const choose = (changes: Partial<ServingChoices>): void => useServingChoices.setState(changes);

/** What a folder is that another program serves the network from. */
interface ServingTarget extends Pick<ExportTarget, 'id' | 'label' | 'detail' | 'extension' | 'description'> {
  readonly call: 'export/saved-model' | 'export/graph-model' | 'export/layers-model';
  /** How it is loaded, given the name of the folder. */
  readonly usage: (folder: string) => string;
  /** What is no longer as it is here, each with why. */
  readonly notes: readonly string[];
}

const LAID_OUT = 'Images are channels last (NHWC), as TensorFlow has them.';
const EXPANDED = 'Blocks and repetitions are written out; names of nodes and weights tell where each came from.';

function servingTarget({ call, usage, notes, ...target }: ServingTarget): ExportTarget {
  return {
    ...target,
    writes: 'folder',
    busyLabel: 'Exporting and checking',
    Form: (props: TargetFormProps) => <ServingForm {...props} notes={notes} />,
    async send(connection, order) {
      const chosen = useServingChoices.getState();
      const canNormalize = order.document.training.normalization === 'standardize' && order.run !== null;
      const options = { ...chosen, normalize: chosen.normalize && canNormalize };
      const answer = await connection.call(call, { ...order, options });
      if (!answer.ok) return answer;
      const { path, files } = answer.value;
      return {
        ok: true,
        paths: files.map((file) => `${path}/${file}`),
        result: <ServingResult served={answer.value} usage={usage(path)} />,
      };
    },
  };
}

/** A folder that TensorFlow Serving, Keras and TensorFlow Lite's converter read. */
export const savedModelTarget = servingTarget({
  id: 'saved-model',
  label: 'TensorFlow SavedModel',
  detail: 'a folder with a serving signature',
  extension: '.saved_model',
  description: 'A folder that TensorFlow, TensorFlow Serving and the converter of TensorFlow Lite read.',
  call: 'export/saved-model',
  usage: (folder) => `import tensorflow as tf\nserve = tf.saved_model.load("${folder}").signatures["serving_default"]`,
  notes: [
    'Weights are variables, restored from a checkpoint in the folder; TensorFlow can read and save them by name.',
    LAID_OUT,
    EXPANDED,
    'It predicts: loss, optimizer and dropout stay behind.',
  ],
});

/** A folder that a web page loads. */
export const graphModelTarget = servingTarget({
  id: 'tfjs',
  label: 'TensorFlow.js graph model',
  detail: 'every network; for running in web pages',
  extension: '.tfjs',
  description: 'A folder with model.json and shards of weights, for loadGraphModel in a web page or in Node.',
  call: 'export/graph-model',
  usage: (folder) => `const model = await tf.loadGraphModel("${folder}/model.json");`,
  notes: [
    'Weights are constants in shards of 4 MB, which browsers keep in their cache.',
    LAID_OUT,
    EXPANDED,
    'Operators that TensorFlow.js does not have are refused before anything is written.',
  ],
});

/** A folder whose layers a web page can look into and train on. */
export const layersModelTarget = servingTarget({
  id: 'tfjs-layers',
  label: 'TensorFlow.js layers model',
  detail: 'for training on in web pages; of common layers',
  extension: '.tfjs_layers',
  description: 'A folder with model.json and shards of weights, for loadLayersModel in a web page or in Node.',
  call: 'export/layers-model',
  usage: (folder) => `const model = await tf.loadLayersModel("${folder}/model.json");`,
  notes: [
    'Layers and their weights are named after the nodes; padding that a layer cannot do is a layer before it.',
    LAID_OUT,
    EXPANDED,
    'Nodes that are no layer of Keras are named and nothing is written: the graph model takes those.',
  ],
});

function ServingForm({ document, trained, notes }: TargetFormProps & { readonly notes: readonly string[] }) {
  const chosen = useServingChoices();
  const canNormalize = document.training.normalization === 'standardize' && trained;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)] gap-x-6 gap-y-3 max-[860px]:grid-cols-1">
      <div className="flex flex-col gap-2.5">
        <Select
          label="Examples at a time"
          {...(chosen.batch !== null && { help: reasonOf('batch') })}
          value={chosen.batch === null ? 'open' : 'fixed'}
          options={batchOptions}
          onChange={(next) => choose({ batch: next === 'open' ? null : 1 })}
        />
        {chosen.batch !== null && (
          <NumberField
            label="How many"
            value={chosen.batch}
            bounds={{ minimum: 1, maximum: 65_536, integer: true }}
            onCommit={(batch) => choose({ batch })}
          />
        )}
        <Select
          label="Answers"
          help={reasonOf('answers')}
          value={chosen.answers}
          options={answerOptions}
          onChange={(answers) => choose({ answers })}
          data-testid="serving-answers"
        />
        {canNormalize && (
          <Switch
            label="Normalize inside the model"
            help={reasonOf('normalize')}
            checked={chosen.normalize}
            onChange={(normalize) => choose({ normalize })}
          />
        )}
      </div>
      <section
        aria-label="What the folder will be"
        className="self-start rounded-lg border border-line bg-sunken p-3 text-xs"
        data-testid="serving-notes"
      >
        <h3 className="font-medium text-ink-muted">What to know</h3>
        <ul className="mt-1 flex list-disc flex-col gap-1 pl-4">
          {notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function ServingResult({ served, usage }: { readonly served: Served; readonly usage: string }) {
  const { path, files, bytes, weights, inputs, outputs, verification } = served;
  const { tone, text } = describeVerification(verification);
  const ends = (list: Served['inputs']): string =>
    list.map(({ name, dims }) => `${name} [${dims.map((size) => (size < 0 ? 'batch' : size)).join(', ')}]`).join(', ');
  return (
    <>
      <ResultLine tone={tone}>{text}</ResultLine>
      <ResultPaths paths={[path]} detail={`${files.length} files, ${formatBytes(bytes)}, ${weightWords[weights]}`} />
      <p className="text-sm text-ink-muted">
        Takes {ends(inputs)}; answers {ends(outputs)}.
      </p>
      <pre className="overflow-auto rounded-md bg-sunken p-3 font-mono text-xs text-ink select-text">{usage}</pre>
    </>
  );
}
