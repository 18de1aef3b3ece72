/** Opset written unless another is asked for: read by every runtime since ONNX 1.16 (2024). */
export const DEFAULT_OPSET = 21;

/** The file format version that came with each opset, from the ONNX release table. */
const IR_VERSIONS: ReadonlyMap<number, number> = new Map([
  [13, 7],
  [14, 7],
  [15, 8],
  [16, 8],
  [17, 8],
  [18, 8],
  [19, 9],
  [20, 9],
  [21, 10],
  [22, 10],
  [23, 11],
  [24, 12],
  [25, 13],
  [26, 13],
]);

/** Opsets that can be written, oldest first. The newest is the newest that onnxruntime 1.30 loads. */
export const supportedOpsets: readonly number[] = [...IR_VERSIONS.keys()];

/** The newest opset that can be written. */
export const NEWEST_OPSET = Math.max(...supportedOpsets);

/** The IR version to write with an opset, or `undefined` for an opset that cannot be written. */
export function irVersionOf(opset: number): number | undefined {
  return IR_VERSIONS.get(opset);
}
