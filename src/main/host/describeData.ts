import { dataPathOf } from '../../graph-engine/training/dataReader.ts';
import type { DataClient } from '../datasets/dataClient.ts';
import { dataSourceNamed } from '../datasets/dataSources.ts';
import type { DescribeData } from '../training/requireTrainable.ts';

/** Says what data are: sets that come along are known, files of the workspace are looked at in another process. */
export function describeDataIn(root: string, client: DataClient): DescribeData {
  return async ({ data, reader }) => {
    const file = dataPathOf(data);
    if (file === undefined) return dataSourceNamed(data).description;
    return (await client.inspect({ root, path: file, reader })).description;
  };
}
