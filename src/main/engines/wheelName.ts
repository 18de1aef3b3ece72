import path from 'node:path';
import { HostFailure } from '../files/hostFailure.ts';
import type { EnginePackage } from './enginePackage.ts';

/** What the name of a wheel says: `name-version-python-abi-platform.whl`; `undefined` for a file of another name. */
export function parseWheelName(
  file: string,
): { readonly name: string; readonly version: string; readonly platforms: readonly string[] } | undefined {
  const match = /^([^-]+)-([^-]+)(?:-\d[^-]*)?-[^-]+-[^-]+-([^-]+)\.whl$/.exec(path.basename(file));
  if (match === null) return undefined;
  const [, name = '', version = '', platforms = ''] = match;
  return { name: name.replaceAll('_', '-').toLowerCase(), version, platforms: platforms.split('.') };
}

/** Throws a `HostFailure` for a wheel of another package, version or machine, before it is read. A file of another name is read. */
export function demandWheelFor(file: string, wanted: EnginePackage): void {
  const found = parseWheelName(file);
  if (found === undefined) return;
  const right =
    found.name === wanted.name && found.version === wanted.version && found.platforms.some((one) => isFor(one, wanted));
  if (right) return;
  throw new HostFailure({
    code: 'engine/wrong-wheel',
    message: `${path.basename(file)} is not the wheel for this machine.`,
    expected: `${wanted.name} ${wanted.version} for ${wanted.platforms[0] ?? 'any machine'}`,
    received: `${found.name} ${found.version} for ${found.platforms.join(', ')}`,
    remedy: `Fetch it with: python3 -m pip download --no-deps --only-binary=:all: --python-version 3.11 --platform ${wanted.platforms[0] ?? 'any'} ${wanted.name}==${wanted.version}`,
  });
}

/** Whether a wheel of that platform tag runs where those of the package run: the same system and processor. */
function isFor(tag: string, { platforms }: EnginePackage): boolean {
  return [tag, ...platforms].includes('any') || platforms.some((one) => one === tag || familyOf(one) === familyOf(tag));
}

/** `manylinux_2_27_x86_64` and `manylinux2014_x86_64` are one family. */
function familyOf(tag: string): string {
  return tag.replace(/^(manylinux|macosx|musllinux)[\d_]*?_(x86_64|aarch64|arm64|universal2|i686)$/, '$1 $2');
}
