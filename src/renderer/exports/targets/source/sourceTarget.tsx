import type { CallOutput } from '../../../../contract/contract.ts';
import type { SourceFramework } from '../../../../graph-engine/targets/python/sourceFramework.ts';
import { nameOf } from '../../../files/fileNames.ts';
import { ResultLine, ResultPaths } from '../../ExportResult.tsx';
import type { ExportTarget, TargetFormProps } from '../exportTarget.ts';
import { moduleName, useSourceChoices } from './sourceChoices.ts';
import { SourceForm } from './SourceForm.tsx';

/** PyTorch source, which is read before it is written. */
export const pytorchTarget = sourceTarget('pytorch', 'PyTorch', '.eval()');
/** Keras 3 source. */
export const kerasTarget = sourceTarget('keras', 'Keras', '');

/** `settled` is what makes a model of the framework ready to predict. */
function sourceTarget(framework: SourceFramework, label: string, settled: string): ExportTarget {
  return {
    id: framework,
    label,
    detail: 'source code and its weights',
    extension: '.py',
    writes: 'file',
    description: 'A class for each block; the weights are written beside it as safetensors.',
    busyLabel: 'Exporting',
    stem: moduleName,
    Form: (props: TargetFormProps) => <SourceForm framework={framework} {...props} />,
    async send(connection, order) {
      const { training } = useSourceChoices.getState();
      const answer = await connection.call('export/source', { ...order, framework, training });
      if (!answer.ok) return answer;
      const { path, weightsPath, trainingPath, dataPath } = answer.value;
      const paths = [path, weightsPath, trainingPath, dataPath].filter((one) => one !== null);
      return { ok: true, paths, result: <SourceResult result={answer.value} paths={paths} settled={settled} /> };
    },
  };
}

interface SourceResultProps {
  readonly result: CallOutput<'export/source'>;
  readonly paths: readonly string[];
  readonly settled: string;
}

function SourceResult({ result, paths, settled }: SourceResultProps) {
  const weights = nameOf(result.weightsPath);
  const module = nameOf(result.path).replace(/\.py$/i, '');
  const use = `from ${module} import create_model\nmodel = create_model("${weights}")${settled}`;
  return (
    <>
      <ResultLine tone="success">
        The class {result.className} and its {result.weights} weights are written.
      </ResultLine>
      <ResultPaths paths={paths} />
      <pre className="overflow-auto rounded-md bg-sunken p-3 font-mono text-xs text-ink select-text">
        {result.trainingPath === null ? use : `python ${nameOf(result.trainingPath)} --weights ${weights}`}
      </pre>
      {result.notices.length > 0 && (
        <ul className="list-disc pl-4 text-xs text-ink-muted">
          {result.notices.map((notice) => (
            <li key={notice}>{notice}</li>
          ))}
        </ul>
      )}
    </>
  );
}
