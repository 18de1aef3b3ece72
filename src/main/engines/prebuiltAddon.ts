import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { productRoot } from '../files/productRoot.ts';
import type { EngineFolder } from './engineFolder.ts';
import { addonRecipe } from './sessionConfig.ts';
import type { TfjsNodePackage } from './tfjsNodePackage.ts';

const Description = z.object({ addonRecipe: z.string(), tfjsNode: z.string() });

/**
 * Lays the addon that this copy of Skipwire was shipped with, where it was: a machine without a compiler can then install the
 * engine. `undefined` where there is none for this machine, or one that was compiled otherwise.
 */
export async function takePrebuiltAddon(
  folder: EngineFolder,
  tfjsNode: TfjsNodePackage,
  shipped = path.join(productRoot, 'dist', 'addon', `${process.platform}-${process.arch}`),
): Promise<string | undefined> {
  const addon = path.join(shipped, 'tfjs_binding.node');
  if (!existsSync(addon)) return undefined;
  const text = await readFile(path.join(shipped, 'addon.json'), 'utf8').catch(() => '{}');
  const description = Description.safeParse(JSON.parse(text));
  const { data } = description;
  if (data?.addonRecipe !== addonRecipe || data.tfjsNode !== tfjsNode.version) return undefined;
  await mkdir(path.dirname(folder.addon), { recursive: true });
  await copyFile(addon, folder.addon);
  return 'shipped with Skipwire';
}
