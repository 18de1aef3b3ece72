import { createRequire } from 'node:module';
import path from 'node:path';
import util from 'node:util';
import { tfjsNodePackage } from './tfjsNodePackage.ts';

export type TfjsNode = typeof import('@tensorflow/tfjs-node');

/**
 * Loads @tensorflow/tfjs-node with the native addon at `addonPath`, writing nothing into node_modules. Threads and
 * log level are read by libtensorflow while it loads: set `TF_NUM_INTRAOP_THREADS` and the like before. Call it once
 * per process, and from one thread only; what the system's loader says is thrown.
 */
export function loadTfjsNode(addonPath: string): TfjsNode {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  restoreRemovedHelpers();
  const requireBeside = createRequire(path.join(tfjsNodePackage().root, 'package.json'));
  // tfjs-node asks node-pre-gyp where its addon lies; the answer would be a folder inside node_modules.
  const preGyp = requireBeside('@mapbox/node-pre-gyp') as { find: (manifest: string) => string };
  const find = preGyp.find;
  preGyp.find = () => addonPath;
  try {
    return requireBeside('@tensorflow/tfjs-node') as TfjsNode;
  } finally {
    preGyp.find = find;
  }
}

/** tfjs-node calls two helpers that Node 23 and Electron no longer have. */
function restoreRemovedHelpers(): void {
  const removed = {
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
    isArray: (value: unknown) => Array.isArray(value),
  };
  for (const [name, helper] of Object.entries(removed)) {
    if (!(name in util)) Object.assign(util, { [name]: helper });
  }
}
