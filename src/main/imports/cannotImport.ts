import path from 'node:path';
import type { Problem } from '../../graph-engine/core/diagnostic.ts';
import { HostFailure } from '../files/hostFailure.ts';

/** What is told of a file that is no model, or one that means what nothing here does. */
export function cannotImport(file: string, { code, message, expected, received }: Problem): HostFailure {
  return new HostFailure({
    code,
    message: `"${path.basename(file)}" cannot be imported. ${message}`,
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
  });
}
