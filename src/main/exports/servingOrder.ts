import { readdir, stat } from 'node:fs/promises';
import type { ServingChoices } from '../../contract/servingExports.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import { HostFailure } from '../files/hostFailure.ts';
import type { VerifierOptions } from '../verification/askVerifier.ts';
import type { PredictingEngine } from './predictByEngine.ts';

/** A folder that another program serves the network from. */
export interface ServingOrder {
  readonly document: SkipwireDocument;
  /** Absolute folder of the run whose best weights are written; `null` for the initial weights of the document's seed. */
  readonly runFolder: string | null;
  /** Absolute path of the folder. */
  readonly folder: string;
  readonly overwrite: boolean;
  /** Folder that the document's weights are in, where it is not the one this process works in. */
  readonly workspace?: string | undefined;
  readonly options?: Partial<ServingChoices>;
  /** Stops the export: nothing is left of it then. */
  readonly signal?: AbortSignal | undefined;
}

/** What such an export needs from the host. */
export interface ServingServices {
  /** It predicts too, for comparison; `null` where there is none. */
  readonly engine: PredictingEngine | null;
  /** How the folder is checked. */
  readonly verification?: VerifierOptions | undefined;
}

/** Throws a `HostFailure` where something is that must not be replaced: anything but an export of the same kind, found by its main file. */
export async function refuseToReplaceFolder(folder: string, mainFile: string, overwrite: boolean): Promise<void> {
  const present = await stat(folder).catch(() => undefined);
  if (present === undefined) return;
  const names = present.isDirectory() ? await readdir(folder) : undefined;
  if (names?.length === 0) return;
  if (names?.includes(mainFile) !== true) {
    throw new HostFailure({
      code: 'file/other-content',
      message: `"${folder}" is there already and is no such export: it has no ${mainFile}.`,
      remedy: 'Choose another name.',
    });
  }
  if (!overwrite) {
    throw new HostFailure({
      code: 'file/exists',
      message: `"${folder}" exists already.`,
      remedy: 'Choose another name, or say that it may be replaced.',
    });
  }
}
