import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { isOwnKernels, type OwnKernels } from '../../graph-engine/targets/tensorflow/emitContext.ts';
import { KERNELS_FILE } from './engineFolder.ts';

/** Families of ops of our own, and `threads`: TensorFlow's kernels may share ours. */
export type KernelFamily = OwnKernels | 'threads';

/** Whether a name is a family of kernels. */
export function isKernelFamily(name: unknown): name is KernelFamily {
  return name === 'threads' || isOwnKernels(name);
}

/**
 * Makes our own kernels known to the TensorFlow that was loaded with the addon at `addonPath`, and says which families they are:
 * none where they were not compiled, or where the system's loader refuses them.
 */
export function loadKernels(addonPath: string): ReadonlySet<KernelFamily> {
  const file = path.join(path.dirname(addonPath), KERNELS_FILE);
  if (!existsSync(file)) return new Set();
  try {
    return new Set(Object.values(createRequire(addonPath)(file) as Record<string, unknown>).filter(isKernelFamily));
  } catch {
    return new Set();
  }
}
