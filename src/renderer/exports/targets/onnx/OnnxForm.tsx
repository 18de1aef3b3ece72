import { useMemo } from 'react';
import { DEFAULT_ONNX_OPTIONS } from '../../../../graph-engine/targets/onnx/onnxOptions.ts';
import { Button } from '../../../ui/Button.tsx';
import { NumberField } from '../../../ui/NumberField.tsx';
import { Select } from '../../../ui/Select.tsx';
import { Switch } from '../../../ui/Switch.tsx';
import type { TargetFormProps } from '../exportTarget.ts';
import {
  answerOptions,
  batchOptions,
  choose,
  externalOptions,
  layoutOptions,
  opsetOptions,
  precisionOf,
  precisionOptions,
  precisions,
  reasonOf,
  useOnnxChoices,
  weightOptions,
} from './onnxChoices.ts';
import { OnnxPreview } from './OnnxPreview.tsx';
import { useOnnxPreview } from './useOnnxPreview.ts';

/** How the ONNX file is written, with why one would; and what comes of it. */
export function OnnxForm({ document, trained }: TargetFormProps) {
  const chosen = useOnnxChoices();
  const canNormalize = document.training.normalization === 'standardize' && trained;
  // What a network or its weights do not allow is not asked for, and comes back with the next one.
  const options = useMemo(() => ({ ...chosen, normalize: chosen.normalize && canNormalize }), [chosen, canNormalize]);
  const preview = useOnnxPreview(document, options);
  const { description } = preview;
  const forced = description?.forced;
  const foldable = description?.foldable ?? 0;
  const left = description?.unfoldable.length ?? 0;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)] gap-x-6 gap-y-3 max-[860px]:grid-cols-1">
      <div className="flex flex-col gap-2.5">
        <Select
          label="Numbers"
          help={reasonOf('precision')}
          value={precisionOf(chosen)}
          options={precisionOptions}
          onChange={(next) => choose(precisions[next].options)}
          data-testid="onnx-precision"
        />
        <Select
          label="Operator set"
          {...(description !== undefined && { help: description.opset })}
          value={String(chosen.opset)}
          options={opsetOptions}
          onChange={(next) => choose({ opset: Number(next) })}
          data-testid="onnx-opset"
        />
        {forced !== undefined && (
          <div
            role="status"
            className="flex flex-col gap-2 rounded-md bg-warning-soft p-2.5 text-xs text-warning"
            data-testid="onnx-forced-opset"
          >
            <p>
              {forced.message} {forced.fix}
            </p>
            {forced.opset !== chosen.opset && (
              <Button onClick={() => choose({ opset: forced.opset })}>Choose operator set {forced.opset}</Button>
            )}
          </div>
        )}
        <Select
          label="Examples at a time"
          {...(chosen.batch !== null && { help: reasonOf('batch') })}
          value={chosen.batch === null ? 'open' : 'fixed'}
          options={batchOptions}
          onChange={(next) => choose({ batch: next === 'open' ? null : 1 })}
          data-testid="onnx-batch"
        />
        {chosen.batch !== null && (
          <NumberField
            label="How many"
            value={chosen.batch}
            bounds={{ minimum: 1, maximum: 65_536, integer: true }}
            onCommit={(batch) => choose({ batch })}
            data-testid="onnx-batch-size"
          />
        )}
        <Select
          label="Images"
          value={chosen.layout}
          options={layoutOptions}
          onChange={(layout) => choose({ layout })}
          data-testid="onnx-layout"
        />
        {description?.hasProbabilities !== false && (
          <Select
            label="Answers"
            value={chosen.answers}
            options={answerOptions}
            onChange={(answers) => choose({ answers })}
            data-testid="onnx-answers"
          />
        )}
        <Select
          label="Weights go"
          value={chosen.weights}
          options={weightOptions}
          onChange={(weights) =>
            choose(
              weights === 'inputs'
                ? { weights, foldNormalization: false, external: DEFAULT_ONNX_OPTIONS.external }
                : { weights },
            )
          }
          data-testid="onnx-weights"
        />
        {chosen.weights === 'inside' && (
          <Select
            label="Where they lie"
            value={chosen.external}
            options={externalOptions}
            onChange={(external) => choose({ external })}
            data-testid="onnx-external"
          />
        )}
        {chosen.weights === 'inside' && foldable + left > 0 && (
          <Switch
            label="Fold batch norms"
            help={`${foldable} of ${foldable + left} go into the weights before them: fewer operators, the same answers.`}
            checked={chosen.foldNormalization}
            disabled={foldable === 0}
            onChange={(foldNormalization) => choose({ foldNormalization })}
            data-testid="onnx-fold"
          />
        )}
        {canNormalize && (
          <Switch
            label="Normalize inside the model"
            help="The model then takes inputs as they are read, and normalizes them as the run did."
            checked={chosen.normalize}
            onChange={(normalize) => choose({ normalize })}
            data-testid="export-normalize"
          />
        )}
      </div>
      <OnnxPreview preview={preview} />
    </div>
  );
}
