import { existsSync } from 'node:fs';
import type { Answer } from '../../contract/contract.ts';
import type { EngineVariant } from '../../contract/engines.ts';
import { answerOf, HostFailure } from '../files/hostFailure.ts';
import { installedEngineFolder, readEngineManifest } from './engineFolder.ts';
import { gigabytes } from './diskSpace.ts';
import { enginePackageFor, unsupportedMachine, type EnginePackage } from './enginePackage.ts';
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

export interface LocateOptions {
  readonly cache?: string;
  /** For processors when left out. */
  readonly variant?: EngineVariant;
}

/** Finds the engine: Skipwire's own first, for processors tfjs-node's own second. The problem says why there is none. */
export async function locateTensorflowEngine({
  cache = userCacheFolder(),
  variant = 'cpu',
}: LocateOptions = {}): Promise<Answer<LocatedEngine>> {
  return answerOf(async () => {
    const tfjsNode = tfjsNodePackage();
    const wanted = enginePackageFor(variant);
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
    const addonPath = variant === 'cpu' ? ownAddonOf(tfjsNode) : undefined;
    if (addonPath !== undefined) return { addonPath, version: 'of tfjs-node', source: 'tfjs-node' };
    throw new HostFailure(wanted === undefined ? unsupportedMachine(variant) : notInstalled(variant, wanted));
  });
}

function notInstalled(variant: EngineVariant, { wheelBytes, more }: EnginePackage) {
  const download = gigabytes(wheelBytes + (more?.wheelBytes ?? 0));
  return variant === 'cpu'
    ? {
        code: 'engine/not-installed',
        message: 'The TensorFlow engine is not installed yet.',
        remedy: `Run npx skipwire engine install (once; it downloads ${download}).`,
      }
    : {
        code: 'engine/not-installed',
        message: 'TensorFlow with CUDA is not installed yet.',
        remedy: `Run npx skipwire engine install cuda (once; it downloads about ${download}).`,
      };
}
