import { formatBytes } from '../../training/format.ts';
import { weightWords } from '../describeExport.ts';
import { ResultLine, ResultPaths } from '../ExportResult.tsx';
import type { ExportTarget } from './exportTarget.ts';

/** What a file of weights is. */
interface WeightsTarget extends Pick<ExportTarget, 'id' | 'label' | 'detail' | 'extension'> {
  /** How it is read, given the path of the file. */
  readonly usage: (file: string) => string;
  /** What else is to know. */
  readonly note: string;
}

function weightsTarget({ usage, note, ...target }: WeightsTarget): ExportTarget {
  return {
    ...target,
    writes: 'file',
    description: 'The weights alone, under the names that they have in the network.',
    busyLabel: 'Exporting',
    Form: ({ path }) => <WeightsNotes usage={usage(path)} note={note} />,
    async send(connection, order) {
      const answer = await connection.call('export/weights', order);
      if (!answer.ok) return answer;
      const { path, tensors, bytes, weights } = answer.value;
      return {
        ok: true,
        paths: [path],
        result: (
          <>
            <ResultLine tone="success">{tensors} tensors are written.</ResultLine>
            <ResultPaths paths={[path]} detail={`${formatBytes(bytes)}, ${weightWords[weights]}`} />
            <pre className="overflow-auto rounded-md bg-sunken p-3 font-mono text-xs text-ink select-text">
              {usage(path)}
            </pre>
          </>
        ),
      };
    },
  };
}

/** Weights that a network can begin with, here and elsewhere. */
export const safetensorsTarget = weightsTarget({
  id: 'safetensors',
  label: 'Weights as safetensors',
  detail: 'weights alone; for beginning with elsewhere',
  extension: '.safetensors',
  usage: (file) => `from safetensors.numpy import load_file\nweights = load_file("${file}")`,
  note: 'The same network, or one with nodes of the same names, can begin with it: “Weights from a file” in the File menu.',
});

/** Weights for NumPy. */
export const npzTarget = weightsTarget({
  id: 'npz',
  label: 'Weights as NPZ',
  detail: 'weights alone; for NumPy',
  extension: '.npz',
  usage: (file) => `import numpy\nweights = numpy.load("${file}")`,
  note: 'An archive holds four gigabytes at most.',
});

function WeightsNotes({ usage, note }: { readonly usage: string; readonly note: string }) {
  const notes = [
    'Names are those of the network, such as stage1[0].conv1.kernel; running statistics are among them.',
    'Kernels are laid out as TensorFlow has them, with what comes out last. Source for PyTorch brings weights in its own layout.',
    note,
  ];
  return (
    <section aria-label="What the file will be" className="rounded-lg border border-line bg-sunken p-3 text-xs">
      <h3 className="font-medium text-ink-muted">What to know</h3>
      <ul className="mt-1 flex list-disc flex-col gap-1 pl-4">
        {notes.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <h3 className="mt-3 font-medium text-ink-muted">To read it</h3>
      <pre className="mt-1 overflow-auto font-mono text-ink select-text">{usage}</pre>
    </section>
  );
}
