import { existsSync } from 'node:fs';
import type { Answer } from '../../contract/contract.ts';
import { answerOf, HostFailure } from '../files/hostFailure.ts';
import { installedEngineFolder, readEngineManifest } from './engineFolder.ts';
import { enginePackageFor, unsupportedMachine } from './enginePackage.ts';
import { addonRecipe } from './sessionConfig.ts';
import { ownAddonOf, tfjsNodePackage } from './tfjsNodePackage.ts';
import { userCacheFolder } from './userCacheFolder.ts';

/** An engine that can be loaded with `loadTfjsNode(addonPath)`. */
export interface LocatedEngine {
  readonly addonPath: string;
  /** Version of TensorFlow, where it is known before loading. */
  readonly version: string;
  /** `installed`: by Skipwire, in the user's cache; `tfjs-node`: what tfjs-node's own installer put in node_modules. */
  readonly source: 'installed' | 'tfjs-node';
  /** It works, but its addon would be compiled otherwise today: installing makes it faster. */
  readonly outdated?: true;
}

/** Finds the engine: Skipwire's own first, tfjs-node's own second. The problem says why there is none. */
export async function locateTensorflowEngine(cache: string = userCacheFolder()): Promise<Answer<LocatedEngine>> {
  return answerOf(async () => {
    const tfjsNode = tfjsNodePackage();
    const wanted = enginePackageFor();
    if (wanted !== undefined) {
      const folder = installedEngineFolder(cache, wanted);
      const manifest = await readEngineManifest(folder);
      if (manifest?.tfjsNode === tfjsNode.version && existsSync(folder.addon)) {
        return {
          addonPath: folder.addon,
          version: manifest.tensorflow,
          source: 'installed',
          ...(manifest.addonRecipe === addonRecipe ? {} : { outdated: true }),
        };
      }
    }
    const addonPath = ownAddonOf(tfjsNode);
    if (addonPath !== undefined) return { addonPath, version: 'of tfjs-node', source: 'tfjs-node' };
    throw new HostFailure(wanted === undefined ? unsupportedMachine() : notInstalled());
  });
}

function notInstalled() {
  return {
    code: 'engine/not-installed',
    message: 'The TensorFlow engine is not installed yet.',
    remedy: 'Run npx skipwire engine install (once; it downloads 274 MB).',
  };
}
