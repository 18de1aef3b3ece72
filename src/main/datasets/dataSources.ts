import { HostFailure } from '../files/hostFailure.ts';
import type { HeldDataSet, HeldDataSource } from './dataSet.ts';
import { digits } from './digits.ts';
import { friedman } from './friedman.ts';
import { licenceText } from './licenceText.ts';
import { shapeMasks } from './shapeMasks.ts';
import { shapes } from './shapes.ts';
import { ticTacToe } from './ticTacToe.ts';

/** Every data set there is, in the order the editor lists them. Each is loaded once in a process. */
export const dataSources: readonly HeldDataSource[] = [
  digits(),
  shapes(),
  shapeMasks(),
  licenceText(),
  ticTacToe(),
  friedman(),
].map(loadedOnce);

function loadedOnce({ description, load }: HeldDataSource): HeldDataSource {
  let loaded: Promise<HeldDataSet> | undefined;
  return {
    description,
    load() {
      // A file that is missing or damaged now may have been mended the next time.
      loaded ??= load().catch((error: unknown) => {
        loaded = undefined;
        throw error;
      });
      return loaded;
    },
  };
}

/** The data set named `id`. Throws a `HostFailure` that lists the names when there is none. */
export function dataSourceNamed(id: string): HeldDataSource {
  const source = dataSources.find(({ description }) => description.id === id);
  if (source !== undefined) return source;
  throw new HostFailure({
    code: 'data/unknown',
    message: `There is no data set "${id}".`,
    expected: dataSources.map(({ description }) => description.id).join(' or '),
    received: id,
    remedy: 'Choose one of these under Training, Data.',
  });
}
