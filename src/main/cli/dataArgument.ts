import { stat } from 'node:fs/promises';
import path from 'node:path';
import { dataSettingOf } from '../../graph-engine/training/dataReader.ts';
import { dataSources } from '../datasets/dataSources.ts';

/** Data as a command names them: the setting of a document, and the folder its path leads from. */
export interface DataArgument {
  readonly data: string;
  readonly root: string;
}

/**
 * What `--data` names: a set that comes along, or a file or folder. One outside the current folder is read from the folder it
 * lies in, for whoever types its name means it.
 */
export async function dataArgument(name: string): Promise<DataArgument> {
  const here = process.cwd();
  if (dataSources.some(({ description }) => description.id === name)) return { data: name, root: here };
  const absolute = path.resolve(name);
  const present = (await stat(absolute).catch(() => undefined)) !== undefined;
  // A name that is neither is told as one of a set: that says which there are.
  if (!present && !/[./\\]/.test(name)) return { data: name, root: here };
  const inside = path.relative(here, absolute).split(path.sep).join('/');
  if (inside !== '' && !inside.startsWith('..') && !path.isAbsolute(inside))
    return { data: dataSettingOf(inside), root: here };
  return { data: dataSettingOf(path.basename(absolute)), root: path.dirname(absolute) };
}
