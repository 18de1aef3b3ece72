import type { TensorInfo } from '@tensorflow/tfjs-core';
import { sizeOfDims } from '../../../../graph-engine/program/interpreter/tensor.ts';
import type { Kernels } from '../../interpreted/interpretedEngine.ts';
import { elementShader, groupShader, type Shader } from '../shader.ts';
import type { ShaderRunner } from '../shaderRunner.ts';

/** Rows up to this length are worked by a thread each, longer ones by a workgroup each. */
const SHORT_ROW = 64;
const ROW_THREADS = 128;

/** What is written of a row whose maximum is `top` and whose sum of `exp(x - top)` is `sum`. */
interface RowKind {
  readonly name: string;
  readonly reads?: Readonly<Record<string, 'i32'>>;
  readonly writes: Readonly<Record<string, 'f32'>>;
  /** For element `c` of the row `row`, at `at`. */
  readonly element: string;
}

const softmax: RowKind = { name: 'softmax', writes: { y: 'f32' }, element: 'y[at] = exp(x[at] - top) / sum;' };

const logSoftmax: RowKind = {
  name: 'logSoftmax',
  writes: { y: 'f32' },
  element: 'y[at] = x[at] - top - log(sum);',
};

const crossEntropy: RowKind = {
  name: 'sparseSoftmaxCrossEntropy',
  reads: { labels: 'i32' },
  writes: { losses: 'f32', dlogits: 'f32' },
  element: `
    let hit = i32(c) == labels[row];
    dlogits[at] = exp(x[at] - top) / sum - select(0.0, 1.0, hit);
    if (hit) { losses[row] = top - x[at] + log(sum); }
    // A label that is no class makes the loss not a number, which ends the training.
    if (c == 0u && u32(labels[row]) >= p.columns) { losses[row] = bitcast<f32>(0x7fc00000u | p.columns); }`,
};

function rowShaders({ name, reads = {}, writes, element }: RowKind): { readonly short: Shader; readonly long: Shader } {
  const buffers = { reads: { x: 'f32', ...reads }, writes } as const;
  const short = elementShader({
    name: `${name} of short rows`,
    ...buffers,
    parameters: { columns: 'u32' },
    body: `
  let row = i;
  let begin = i * p.columns;
  var top = x[begin];
  for (var c = 1u; c < p.columns; c++) { top = max(top, x[begin + c]); }
  var sum = 0.0;
  for (var c = 0u; c < p.columns; c++) { sum += exp(x[begin + c] - top); }
  for (var c = 0u; c < p.columns; c++) {
    let at = begin + c;
    ${element}
  }`,
  });
  const long = groupShader({
    name: `${name} of long rows`,
    ...buffers,
    parameters: { rows: 'u32', columns: 'u32' },
    threads: ROW_THREADS,
    declarations: `var<workgroup> shared_values: array<f32, ${ROW_THREADS}>;`,
    body: `
  let row = group.y * groups.x + group.x;
  // Every thread must meet the barriers: rows beyond the last do the last again.
  let begin = min(row, p.rows - 1u) * p.columns;
  var most = x[begin];
  for (var c = local; c < p.columns; c += ${ROW_THREADS}u) { most = max(most, x[begin + c]); }
  shared_values[local] = most;
  workgroupBarrier();
  for (var width = ${ROW_THREADS / 2}u; width > 0u; width >>= 1u) {
    if (local < width) { shared_values[local] = max(shared_values[local], shared_values[local + width]); }
    workgroupBarrier();
  }
  let top = shared_values[0];
  workgroupBarrier();
  var part = 0.0;
  for (var c = local; c < p.columns; c += ${ROW_THREADS}u) { part += exp(x[begin + c] - top); }
  shared_values[local] = part;
  workgroupBarrier();
  for (var width = ${ROW_THREADS / 2}u; width > 0u; width >>= 1u) {
    if (local < width) { shared_values[local] += shared_values[local + width]; }
    workgroupBarrier();
  }
  let sum = shared_values[0];
  if (row >= p.rows) { return; }
  for (var c = local; c < p.columns; c += ${ROW_THREADS}u) {
    let at = begin + c;
    ${element}
  }`,
  });
  return { short, long };
}

const shaders = {
  softmax: rowShaders(softmax),
  logSoftmax: rowShaders(logSoftmax),
  crossEntropy: rowShaders(crossEntropy),
};

/** What is computed row by row from the maximum and the sum of exponentials, each in one shader. */
export function softmaxKernels(runner: ShaderRunner) {
  function perRow(kind: keyof typeof shaders, reads: readonly TensorInfo[], writes: readonly TensorInfo[]): void {
    const shape = reads[0]?.shape ?? [];
    const columns = shape.at(-1) ?? 1;
    const rows = sizeOfDims(shape) / columns;
    const { short, long } = shaders[kind];
    if (columns <= SHORT_ROW) runner.run({ shader: short, reads, writes, elements: rows, parameters: [columns] });
    else runner.run({ shader: long, reads, writes, workgroups: runner.grid(rows), parameters: [rows, columns] });
  }

  return {
    softmax({ inputs: [x], outputShapes: [shape] }) {
      const y = runner.empty(shape);
      perRow('softmax', [x], [y]);
      return [y];
    },
    logSoftmax({ inputs: [x], outputShapes: [shape] }) {
      const y = runner.empty(shape);
      perRow('logSoftmax', [x], [y]);
      return [y];
    },
    sparseSoftmaxCrossEntropy({ inputs: [logits, labels], outputShapes: [lossShape, gradientShape] }) {
      const [losses, dlogits] = [runner.empty(lossShape), runner.empty(gradientShape)];
      perRow('crossEntropy', [logits, labels], [losses, dlogits]);
      return [losses, dlogits];
    },
  } satisfies Partial<Kernels<TensorInfo>>;
}
