import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const requireHere = createRequire(import.meta.url);

/** Version of an installed npm package; `undefined` where it is not installed. */
export function packageVersion(name: string): string | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(requireHere.resolve(`${name}/package.json`), 'utf8'));
    return typeof manifest === 'object' && manifest !== null && 'version' in manifest
      ? String(manifest.version)
      : undefined;
  } catch {
    return undefined;
  }
}
