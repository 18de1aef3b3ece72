import type { TrainingSettings } from '../../graph-engine/document/trainingSettings.ts';
import { dataPathOf } from '../../graph-engine/training/dataReader.ts';
import { userCacheFolder } from '../engines/userCacheFolder.ts';
import type { DataSource } from './dataSet.ts';
import { dataSourceNamed } from './dataSources.ts';
import { dataMemoryLimit } from './numberStore.ts';
import { openFiles } from './readers/openFiles.ts';

export interface DataPlacement {
  /** Folder in which paths of data are; nothing outside it is read. The folder of the process when left out. */
  readonly root?: string | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** A data set with what should be said of it. */
export interface ChosenSource extends DataSource {
  /** What was left out and what the data lack, known once they are loaded. */
  notices(): readonly string[];
}

/** The data that settings name: a set that comes along, or files. Throws a `HostFailure` when there are none. */
export async function dataSourceFor(
  { data, reader }: Pick<TrainingSettings, 'data' | 'reader'>,
  { root = process.cwd(), onProgress }: DataPlacement = {},
): Promise<ChosenSource> {
  const path = dataPathOf(data);
  if (path === undefined) return { ...dataSourceNamed(data), notices: () => [] };
  const files = await openFiles(root, path, reader);
  const { description, warnings } = await files.survey();
  const notices = [...warnings];
  return {
    description,
    notices: () => notices,
    async load() {
      const options = { cacheFolder: userCacheFolder(), memoryLimit: dataMemoryLimit(), onProgress };
      const { data: loaded, broken } = await files.read(options);
      const [first] = broken;
      if (first !== undefined) {
        const others = broken.length === 1 ? '' : ` and ${broken.length - 1} more`;
        notices.push(`Left out because it cannot be read: ${first.path}${others}. ${first.why}`);
      }
      return loaded;
    },
  };
}
