import { describeFile, describeLosses, describeVerification } from '../../describeExport.ts';
import { ResultLine, ResultPaths } from '../../ExportResult.tsx';
import type { ExportTarget } from '../exportTarget.ts';
import { useOnnxChoices } from './onnxChoices.ts';
import { OnnxForm } from './OnnxForm.tsx';

/** ONNX, with what onnxruntime says about the file. */
export const onnxTarget: ExportTarget = {
  id: 'onnx',
  label: 'ONNX',
  detail: 'a model that every runtime reads',
  extension: '.onnx',
  writes: 'file',
  description: 'The file is run by onnxruntime right after it is written and compared with the engine.',
  busyLabel: 'Exporting and checking',
  Form: OnnxForm,
  async send(connection, order) {
    const chosen = useOnnxChoices.getState();
    const canNormalize = order.document.training.normalization === 'standardize' && order.run !== null;
    const options = { ...chosen, normalize: chosen.normalize && canNormalize };
    const answer = await connection.call('export/onnx', { ...order, options });
    if (!answer.ok) return answer;
    const { path, dataPath, verification } = answer.value;
    const paths = dataPath === null ? [path] : [path, dataPath];
    const { tone, text } = describeVerification(verification);
    return {
      ok: true,
      paths,
      result: (
        <div className="flex flex-col gap-3" data-status={verification.status}>
          <ResultLine tone={tone}>{text}</ResultLine>
          <ResultPaths paths={paths} detail={describeFile(answer.value)} />
          {[
            ...describeLosses(answer.value),
            ...answer.value.notices.map(({ message, fix }) => `${message} ${fix}`),
          ].map((line) => (
            <p key={line} className="text-sm text-ink-muted">
              {line}
            </p>
          ))}
        </div>
      ),
    };
  },
};
