import Module, { createRequire } from 'node:module';
import path from 'node:path';
import util from 'node:util';
import type * as tfjsNode from '@tensorflow/tfjs-node';
import { tfjsNodePackage } from './tfjsNodePackage.ts';

export type TfjsNode = typeof tfjsNode;

/**
 * Loads @tensorflow/tfjs-node with the native addon at `addonPath`, writing nothing into node_modules. Threads and
 * log level are read by libtensorflow while it loads: set `TF_NUM_INTRAOP_THREADS` and the like before. Call it once
 * per process, and from one thread only; what the system's loader says is thrown.
 */
export function loadTfjsNode(addonPath: string): TfjsNode {
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  restoreRemovedHelpers();
  const requireBeside = createRequire(path.join(tfjsNodePackage().root, 'package.json'));
  // tfjs-node asks node-pre-gyp where its addon lies, and the answer would be a folder inside node_modules: while it
  // loads, a stand-in gives ours. (The real module's `find` cannot be replaced, it is a getter.)
  const preGyp = requireBeside.resolve('@mapbox/node-pre-gyp');
  const before = requireBeside.cache[preGyp];
  const standIn = new Module(preGyp);
  standIn.exports = { find: () => addonPath };
  standIn.loaded = true;
  requireBeside.cache[preGyp] = standIn;
  try {
    return requireBeside('@tensorflow/tfjs-node') as TfjsNode;
  } finally {
    if (before === undefined) delete requireBeside.cache[preGyp];
    else requireBeside.cache[preGyp] = before;
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
