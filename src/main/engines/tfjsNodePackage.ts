import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { HostFailure } from '../files/hostFailure.ts';

/** The npm package @tensorflow/tfjs-node, as it lies in node_modules. */
export interface TfjsNodePackage {
  readonly root: string;
  readonly version: string;
}

const requireHere = createRequire(import.meta.url);

/** Finds the package. Throws a `HostFailure` where the dependencies are not installed. */
export function tfjsNodePackage(): TfjsNodePackage {
  let manifestPath: string;
  try {
    manifestPath = requireHere.resolve('@tensorflow/tfjs-node/package.json');
  } catch {
    throw new HostFailure({
      code: 'engine/no-tfjs-node',
      message: 'The package @tensorflow/tfjs-node is not installed.',
      remedy: 'Run npm ci in the folder of Skipwire.',
    });
  }
  const manifest: unknown = JSON.parse(readFileSync(manifestPath, 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : 'unknown';
  return { root: path.dirname(manifestPath), version };
}

/** The addon that tfjs-node's own installer may have put in the package, the newest N-API first; `undefined` if none. */
export function ownAddonOf(tfjsNode: TfjsNodePackage): string | undefined {
  const folder = path.join(tfjsNode.root, 'lib');
  if (!existsSync(folder)) return undefined;
  return readdirSync(folder)
    .filter((name) => /^napi-v\d+$/.test(name))
    .toSorted((a, b) => Number(b.slice(6)) - Number(a.slice(6)))
    .map((name) => path.join(folder, name, 'tfjs_binding.node'))
    .find((file) => existsSync(file));
}
