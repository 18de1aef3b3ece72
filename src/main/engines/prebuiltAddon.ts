import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { productRoot } from '../files/productRoot.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { KERNELS_FILE, type EngineFolder } from './engineFolder.ts';
import { locateTensorflowEngine } from './locateTensorflowEngine.ts';
import { addonRecipe } from './sessionConfig.ts';
import { tfjsNodePackage, type TfjsNodePackage } from './tfjsNodePackage.ts';

/** Where packages of Skipwire carry an addon for their machine. */
const shippedAddon = path.join(productRoot, 'dist', 'addon', `${process.platform}-${process.arch}`);
const NAMES = { addon: 'tfjs_binding.node', kernels: KERNELS_FILE, description: 'addon.json' } as const;

const Description = z.object({ addonRecipe: z.string(), tfjsNode: z.string() });

/**
 * Lays the addon that this copy of Skipwire was shipped with, where it was: a machine without a compiler can then install the
 * engine. `undefined` where there is none for this machine, or one that was compiled otherwise.
 */
export async function takePrebuiltAddon(
  folder: EngineFolder,
  tfjsNode: TfjsNodePackage,
  shipped = shippedAddon,
): Promise<string | undefined> {
  const addon = path.join(shipped, NAMES.addon);
  if (!existsSync(addon)) return undefined;
  const text = await readFile(path.join(shipped, NAMES.description), 'utf8').catch(() => '{}');
  const { data } = Description.safeParse(parsed(text));
  if (data?.addonRecipe !== addonRecipe || data.tfjsNode !== tfjsNode.version) return undefined;
  await mkdir(path.dirname(folder.addon), { recursive: true });
  await copyFile(addon, folder.addon);
  const kernels = path.join(shipped, NAMES.kernels);
  if (existsSync(kernels)) await copyFile(kernels, folder.kernels);
  else await rm(folder.kernels, { force: true });
  return 'shipped with Skipwire';
}

/** Lays the addon of the engine that is installed here where packages carry it. Throws a `HostFailure` where there is none. */
export async function shipInstalledAddon(): Promise<string> {
  const located = await locateTensorflowEngine();
  if (!located.ok) throw new HostFailure(located.problem);
  const { addonPath, source, outdated } = located.value;
  if (source === 'installed' && outdated === undefined) return shipAddon(addonPath, tfjsNodePackage());
  throw new HostFailure({
    code: 'engine/addon-outdated',
    message: 'The addon that is installed here is not one that this version makes.',
    remedy: 'Run npx skipwire engine install first.',
  });
}

/** Lays an addon, and the kernels beside it, where packages that are made here carry them. Returns the folder. */
export async function shipAddon(addon: string, tfjsNode: TfjsNodePackage, shipped = shippedAddon): Promise<string> {
  await mkdir(shipped, { recursive: true });
  await copyFile(addon, path.join(shipped, NAMES.addon));
  const kernels = path.join(path.dirname(addon), KERNELS_FILE);
  if (existsSync(kernels)) await copyFile(kernels, path.join(shipped, NAMES.kernels));
  else await rm(path.join(shipped, NAMES.kernels), { force: true });
  const description: z.infer<typeof Description> = { addonRecipe, tfjsNode: tfjsNode.version };
  await writeFile(path.join(shipped, NAMES.description), `${JSON.stringify(description)}\n`);
  return shipped;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
