import { assertNever } from '../../graph-engine/core/diagnostic.ts';
import type { OutputTally, TalliedOutput } from './outputTally.ts';
import { tallyClasses } from './tallyClasses.ts';
import { tallyMasks } from './tallyMasks.ts';
import { tallyTokens } from './tallyTokens.ts';
import { tallyValues } from './tallyValues.ts';

/** The tally for what an output learned. */
export function tallyOutput(wanted: TalliedOutput): OutputTally {
  const { data } = wanted;
  switch (data.kind) {
    case 'class':
      return tallyClasses(wanted, data.classes);
    case 'probabilities':
      return tallyClasses(wanted, data.choices);
    case 'mask':
      return tallyMasks(wanted, data.classes);
    case 'next-token':
      return tallyTokens(wanted, data.vocabulary);
    case 'values':
      return tallyValues(wanted, data.names);
    case 'image':
      return tallyValues(wanted, []);
    default:
      return assertNever(data);
  }
}
