import type { DataReader, DataReaderKind, ReaderOf } from '../../../graph-engine/training/dataReader.ts';
import { HostFailure } from '../../files/hostFailure.ts';
import { arrays } from './arrays.ts';
import { cifar } from './cifar.ts';
import { openPlace, type DataPlace } from './dataPlace.ts';
import type { DataSurvey, FormatReader, ReadData, ReadOptions } from './formatReader.ts';
import { idx } from './idx.ts';
import { imageFolder } from './imageFolder.ts';
import { imageMasks } from './imageMasks.ts';
import { table } from './table.ts';
import { text } from './text.ts';

type AnyReader = { readonly [Kind in DataReaderKind]: FormatReader<Kind> };

/** Every kind of files, in the order in which they are tried: the most particular first. */
const readers: AnyReader = {
  cifar,
  idx,
  arrays,
  table,
  'image-masks': imageMasks,
  'image-folder': imageFolder,
  text,
};

/** Files of the workspace with the way they are read. */
export interface OpenedFiles {
  readonly place: DataPlace;
  readonly reader: DataReader;
  survey(): Promise<DataSurvey>;
  read(options: ReadOptions): Promise<ReadData>;
}

/** Opens files with the given reader, or with that which they look like. Throws a `HostFailure` when they look like nothing. */
export async function openFiles(root: string, workspacePath: string, given?: DataReader): Promise<OpenedFiles> {
  const place = await openPlace(root, workspacePath);
  const reader = given ?? (await detectReader(place));
  return opened(place, reader);
}

function opened<Kind extends DataReaderKind>(place: DataPlace, reader: ReaderOf<Kind>): OpenedFiles {
  const format = readerOf<Kind>(reader.kind);
  return {
    place,
    reader,
    survey: () => format.survey(place, reader),
    read: (options) => format.read(place, reader, options),
  };
}

function readerOf<Kind extends DataReaderKind>(kind: Kind): FormatReader<Kind> {
  return readers[kind];
}

async function detectReader(place: DataPlace): Promise<DataReader> {
  let damage: HostFailure | undefined;
  for (const { kind, detect } of Object.values(readers)) {
    // A text beside damaged data, such as the names of their classes, is not what was meant.
    if (kind === 'text' && damage !== undefined) break;
    try {
      const reader = await detect(place);
      if (reader !== undefined) return reader;
    } catch (error) {
      if (!(error instanceof HostFailure)) throw error;
      damage ??= error;
    }
  }
  if (damage !== undefined) throw damage;
  throw new HostFailure({
    code: 'data/unknown-format',
    message: `"${place.path}" holds no data that are known.`,
    expected:
      'a folder of images for each class, images with masks, a .csv or .tsv file, IDX, CIFAR, .npy or .npz files, or text',
    received: place.isFolder ? 'a folder without these' : `a file named "${place.path}"`,
    remedy: 'Choose the folder in which the folders of the classes are, or the file itself.',
  });
}
