import { assertNever } from '../core/diagnostic.ts';
import type { OpFamily } from '../core/opDefinition.ts';
import type { TrainingSettings } from '../document/trainingSettings.ts';
import { isDecayed } from '../program/optimizers/weightDecay.ts';
import type { Variable } from '../program/program.ts';

/** Which variables weight decay pulls on. `familyOf` tells the op that owns a variable by its path. */
export function decayedBy(
  spares: TrainingSettings['weightDecaySpares'],
  familyOf: (origin: string) => OpFamily | undefined,
): (variable: Variable) => boolean {
  switch (spares) {
    case undefined:
    case 'norms-and-biases':
      return isDecayed;
    case 'norms':
      return ({ origin }) => familyOf(origin) !== 'normalization';
    case 'biases':
      return ({ name }) => !/\.(\w*[bB]ias|offset)$/.test(name);
    case 'nothing':
      return () => true;
    default:
      return assertNever(spares);
  }
}
