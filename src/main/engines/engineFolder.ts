import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { writeAtomically } from '../files/writeAtomically.ts';
import type { EnginePackage } from './enginePackage.ts';

/** Lies beside the addon. */
export const KERNELS_FILE = 'skipwire_kernels.node';

/** Where the parts of one installed engine lie. The addon finds its libraries at `../../deps/lib` from itself. */
export interface EngineFolder {
  readonly root: string;
  readonly libraries: string;
  readonly headers: string;
  readonly addon: string;
  /** Our own kernels, where they could be compiled. */
  readonly kernels: string;
  readonly manifest: string;
}

/** Lays out `root`. */
export function engineFolder(root: string): EngineFolder {
  return {
    root,
    libraries: path.join(root, 'deps', 'lib'),
    headers: path.join(root, 'deps', 'include'),
    addon: path.join(root, 'lib', 'napi-v8', 'tfjs_binding.node'),
    kernels: path.join(root, 'lib', 'napi-v8', KERNELS_FILE),
    manifest: path.join(root, 'engine.json'),
  };
}

/** The folder of `wanted` in the user's cache: one per version, so that checkouts of different ages live side by side. */
export function installedEngineFolder(cache: string, wanted: EnginePackage): EngineFolder {
  return engineFolder(path.join(cache, 'engines', `${wanted.name}-${wanted.version}`));
}

/** Written last: a folder with a manifest is a complete engine that has passed its self-test. */
const EngineManifest = z.object({
  format: z.literal('skipwire-engine@1'),
  package: z.string(),
  version: z.string(),
  /** What the library says of itself. */
  tensorflow: z.string(),
  /** Version of the tfjs-node whose sources the addon was compiled from. */
  tfjsNode: z.string(),
  compiler: z.string(),
  /** How the addon was compiled; nothing where it was by a version that did not say. */
  addonRecipe: z.string().optional(),
  files: z.array(z.object({ path: z.string(), bytes: z.number(), sha256: z.string() })),
});
export type EngineManifest = z.infer<typeof EngineManifest>;

/** Reads the manifest; `undefined` where there is none that can be read. */
export async function readEngineManifest(folder: EngineFolder): Promise<EngineManifest | undefined> {
  try {
    const parsed = EngineManifest.safeParse(JSON.parse(await readFile(folder.manifest, 'utf8')));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    const absent = error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
    if (absent || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Writes the manifest, whole or not at all. */
export async function writeEngineManifest(folder: EngineFolder, manifest: EngineManifest): Promise<void> {
  await writeAtomically(folder.manifest, `${JSON.stringify(manifest, null, 2)}\n`);
}
