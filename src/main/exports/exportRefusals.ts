import { stat } from 'node:fs/promises';
import { HostFailure } from '../files/hostFailure.ts';

/** Throws a `HostFailure` when a folder has the name, or a file that must not be replaced. */
export async function refuseToReplace(file: string, overwrite: boolean): Promise<void> {
  const present = await stat(file).catch(() => undefined);
  if (present === undefined) return;
  if (present.isDirectory()) {
    throw new HostFailure({
      code: 'file/is-folder',
      message: `"${file}" is a folder, not a file.`,
      remedy: 'Give the name of a file.',
    });
  }
  if (!overwrite) {
    throw new HostFailure({
      code: 'file/exists',
      message: `"${file}" exists already.`,
      remedy: 'Choose another name, or say that it may be replaced.',
    });
  }
}

/** What is said about a document with errors, which cannot be exported. */
export function documentErrors(errors: readonly { readonly code: string; readonly message: string }[]): HostFailure {
  const [first, ...others] = errors;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return new HostFailure({
    code: 'document/has-errors',
    message: `The network has an error: ${first?.message ?? ''}${more}`,
    remedy: 'Mend what the editor marks in red; "skipwire check" lists it too.',
  });
}
