import type { Builder } from '../program/builder.ts';
import type { Value } from '../program/program.ts';
import { fail, ok, type Result } from './diagnostic.ts';
import type { OnnxContext } from './onnxContext.ts';
import type { SequencePadding } from './parameterSchemas.ts';

/** A window that slides along a sequence. */
export interface SequenceWindow {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation?: number;
  readonly padding: SequencePadding;
}

/**
 * Padding before and after. `same` pads the kernel's reach half before and half after, the odd one after, as images are
 * padded; `causal` pads all of it before, so that no output sees what comes later.
 */
export function sequencePads({ kernel, dilation = 1, padding }: SequenceWindow): readonly [number, number] {
  const reach = (kernel - 1) * dilation;
  if (padding === 'valid') return [0, 0];
  if (padding === 'causal') return [reach, 0];
  if (padding === 'same') return [Math.floor(reach / 2), Math.ceil(reach / 2)];
  return [padding, padding];
}

/** The length behind a window, or a problem when the window does not fit. */
export function slideSequence(length: number | null, window: SequenceWindow, port: string): Result<number | null> {
  if (length === null) return ok(null);
  const [before, after] = sequencePads(window);
  const reach = (window.kernel - 1) * (window.dilation ?? 1);
  const slid = Math.floor((length + before + after - reach - 1) / window.stride) + 1;
  if (slid >= 1) return ok(slid);
  return fail({
    code: 'shape/window',
    port,
    parameter: 'kernel',
    message: `A window of ${window.kernel} does not fit into a sequence of ${length}. Use a smaller kernel, "same" padding, or fewer strides before it.`,
    expected: `at least ${reach + 1} with padding`,
    received: String(length),
  });
}

/** A sequence as an image of one row, which is what the primitives slide over. */
export function asRow(builder: Builder, x: Value): Value {
  const [batch = -1, length = 1, size = 1] = x.dims;
  return builder.reshape(x, [batch, 1, length, size]);
}

/** An image of one row as a sequence again. */
export function asSequence(builder: Builder, row: Value): Value {
  const [batch = -1, , length = 1, size = 1] = row.dims;
  return builder.reshape(row, [batch, length, size]);
}

/** Writes an ONNX node that wants features before positions: they are swapped before it and back behind it. */
export function onnxFeaturesFirst(
  context: Pick<OnnxContext<unknown, string, string>, 'node' | 'path'>,
  input: string,
  write: (swapped: string, name: string) => string,
): string {
  const perm = [0, 2, 1];
  const swapped = context.node('Transpose', [input], { perm }, `${context.path}/featuresFirst`);
  return context.node('Transpose', [write(swapped, `${context.path}/slid`)], { perm });
}
