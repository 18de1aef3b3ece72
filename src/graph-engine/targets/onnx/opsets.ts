/** Opset written unless another is asked for: read by every runtime since ONNX 1.16 (2024). */
export const DEFAULT_OPSET = 21;

interface OpsetRelease {
  /** Version of the file format that came with it. */
  readonly irVersion: number;
  /** The release of ONNX that brought it, and its year. */
  readonly release: string;
  readonly year: number;
}

/** From the ONNX release table. */
const RELEASES: ReadonlyMap<number, OpsetRelease> = new Map([
  [13, { irVersion: 7, release: '1.8', year: 2020 }],
  [14, { irVersion: 7, release: '1.9', year: 2021 }],
  [15, { irVersion: 8, release: '1.10', year: 2021 }],
  [16, { irVersion: 8, release: '1.11', year: 2022 }],
  [17, { irVersion: 8, release: '1.12', year: 2022 }],
  [18, { irVersion: 8, release: '1.13', year: 2022 }],
  [19, { irVersion: 9, release: '1.14', year: 2023 }],
  [20, { irVersion: 9, release: '1.15', year: 2023 }],
  [21, { irVersion: 10, release: '1.16', year: 2024 }],
  [22, { irVersion: 10, release: '1.17', year: 2024 }],
  [23, { irVersion: 11, release: '1.18', year: 2025 }],
  [24, { irVersion: 12, release: '1.19', year: 2025 }],
  [25, { irVersion: 13, release: '1.20', year: 2025 }],
  [26, { irVersion: 13, release: '1.21', year: 2026 }],
]);

/** Opsets that can be written, oldest first. The newest is the newest that onnxruntime 1.30 loads. */
export const supportedOpsets: readonly number[] = [...RELEASES.keys()];

/** The oldest opset that can be written. */
export const OLDEST_OPSET = Math.min(...supportedOpsets);

/** The newest opset that can be written. */
export const NEWEST_OPSET = Math.max(...supportedOpsets);

/** The IR version to write with an opset, or `undefined` for an opset that cannot be written. */
export function irVersionOf(opset: number): number | undefined {
  return RELEASES.get(opset)?.irVersion;
}

/** Since when an opset can be read, and what it still writes by its parts. */
export function describeOpset(opset: number): string {
  const known = RELEASES.get(opset);
  if (known === undefined) return 'not known';
  const parts = [...(opset < 17 ? ['layer normalization'] : []), ...(opset < 20 ? ['GELU'] : [])];
  const written = parts.length === 0 ? '' : `; writes ${parts.join(' and ')} by their parts`;
  return `ONNX ${known.release} (${known.year})${written}`;
}
