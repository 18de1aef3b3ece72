import { create } from 'zustand';
import { DEFAULT_ONNX_OPTIONS, OnnxOptions } from '../../../../graph-engine/targets/onnx/onnxOptions.ts';
import { describeOpset, supportedOpsets } from '../../../../graph-engine/targets/onnx/opsets.ts';

/** What was chosen last: kept while the window is open, since one exports the same way again. */
export const useOnnxChoices = create<OnnxOptions>(() => DEFAULT_ONNX_OPTIONS);

/** Changes some of the choices. */
export function choose(changes: Partial<OnnxOptions>): void {
  useOnnxChoices.setState(changes);
}

/** Why one would choose otherwise, as the engine says it. */
export function reasonOf(option: keyof OnnxOptions): string {
  return OnnxOptions.shape[option].description ?? '';
}

/** The numbers of the file: precision inside and at its ends, as one choice. */
export const precisions = {
  float32: { label: 'float32', detail: 'as trained', options: { precision: 'float32', ends: 'float32' } },
  float16: {
    label: 'float16 inside',
    detail: 'half the size; inputs and outputs stay float32',
    options: { precision: 'float16', ends: 'float32' },
  },
  'float16-ends': {
    label: 'float16 throughout',
    detail: 'inputs and outputs too',
    options: { precision: 'float16', ends: 'float16' },
  },
} as const;
export type PrecisionChoice = keyof typeof precisions;

/** The choice that is made by precision and ends together. */
export function precisionOf({ precision, ends }: OnnxOptions): PrecisionChoice {
  if (precision === 'float32') return 'float32';
  return ends === 'float16' ? 'float16-ends' : 'float16';
}

export const precisionOptions = (['float32', 'float16', 'float16-ends'] as const).map((value) => ({
  value,
  label: precisions[value].label,
  detail: precisions[value].detail,
}));

export const opsetOptions = supportedOpsets.toReversed().map((opset) => ({
  value: String(opset),
  label: opset === DEFAULT_ONNX_OPTIONS.opset ? `${opset} (default)` : String(opset),
  detail: describeOpset(opset),
}));

export const batchOptions = [
  { value: 'open', label: 'Any number', detail: 'the size is open' },
  { value: 'fixed', label: 'Fixed', detail: 'for compilers that want every size' },
] as const;

export const layoutOptions = [
  { value: 'channels-first', label: 'NCHW', detail: 'batch, channels, height, width: as PyTorch' },
  { value: 'channels-last', label: 'NHWC', detail: 'batch, height, width, channels: as files and cameras' },
] as const;

export const answerOptions = [
  { value: 'all', label: 'Both', detail: 'probabilities and scores' },
  { value: 'probabilities', label: 'Probabilities', detail: 'softmax or sigmoid inside' },
  { value: 'scores', label: 'Scores', detail: 'before softmax or sigmoid' },
] as const;

export const weightOptions = [
  { value: 'inside', label: 'In the file', detail: 'ready to run' },
  { value: 'inputs', label: 'Left out', detail: 'the structure alone; weights are inputs' },
] as const;

export const externalOptions = [
  { value: 'auto', label: 'By their size', detail: 'beside it from 64 MB on; above 2 GB they must' },
  { value: 'always', label: 'Beside it', detail: 'in a file of their own, which runtimes map into memory' },
  { value: 'never', label: 'Inside it', detail: 'one file, below 2 GB' },
] as const;
