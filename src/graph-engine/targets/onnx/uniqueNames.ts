/**
 * Turns a document path into a name for ONNX: `stage2[3].conv1` becomes `stage2.3.conv1`, the style PyTorch's checkpoints
 * have, and the `/` before the name of an inner step becomes a dot too. Letters, digits, `_`, `-` and `.` stay; accents
 * are dropped; every other run of characters becomes one `_`.
 */
export function onnxName(path: string): string {
  const name = path
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/\[(\d+)\]|\//g, '.$1')
    .replace(/[^A-Za-z0-9_.-]+/g, '_')
    .replace(/\.{2,}/g, '.')
    .replace(/^\.|\.$/g, '');
  return name === '' ? '_' : name;
}

/** Hands out names that are legal and used once: a name already taken gets `_2`, `_3`, ... */
export interface UniqueNames {
  take(path: string): string;
}

/** Creates an empty set of names. */
export function createUniqueNames(): UniqueNames {
  const taken = new Set<string>();
  const next = new Map<string, number>();
  return {
    take(path) {
      const base = onnxName(path);
      let name = base;
      let suffix = next.get(base) ?? 2;
      while (taken.has(name)) name = `${base}_${suffix++}`;
      next.set(base, suffix);
      taken.add(name);
      return name;
    },
  };
}
