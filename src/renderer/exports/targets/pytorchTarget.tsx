import type { CallOutput } from '../../../contract/contract.ts';
import { nameOf } from '../../files/fileNames.ts';
import { ResultLine, ResultPaths } from '../ExportResult.tsx';
import { SourcePreview } from '../SourcePreview.tsx';
import type { ExportTarget } from './exportTarget.ts';

/** PyTorch source, which is read before it is written. */
export const pytorchTarget: ExportTarget = {
  id: 'pytorch',
  label: 'PyTorch',
  detail: 'source code and its weights',
  extension: '.py',
  description: 'A class for each block; the weights are written beside it as safetensors.',
  busyLabel: 'Exporting',
  stem: moduleName,
  Form: SourcePreview,
  async send(connection, order) {
    const answer = await connection.call('export/pytorch', order);
    if (!answer.ok) return answer;
    const { path, weightsPath } = answer.value;
    return { ok: true, paths: [path, weightsPath], result: <SourceResult result={answer.value} /> };
  },
};

/** Python imports no name with a dash. */
export function moduleName(stem: string): string {
  const plain = stem.replace(/[^A-Za-z0-9_]+/g, '_');
  return /^[0-9]/.test(plain) ? `net_${plain}` : plain;
}

function SourceResult({ result }: { readonly result: CallOutput<'export/pytorch'> }) {
  const weights = nameOf(result.weightsPath);
  return (
    <>
      <ResultLine tone="success">
        The class {result.className} and its {result.weights} weights are written.
      </ResultLine>
      <ResultPaths paths={[result.path, result.weightsPath]} />
      <pre className="overflow-auto rounded-md bg-sunken p-3 font-mono text-xs text-ink select-text">
        {`from ${nameOf(result.path).replace(/\.py$/i, '')} import create_model\nmodel = create_model("${weights}").eval()`}
      </pre>
    </>
  );
}
