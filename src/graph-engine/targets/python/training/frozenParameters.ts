import { walkInstances } from '../../../lower/walkInstances.ts';
import type { StateEntry } from '../networkClasses.ts';
import type { TrainingScriptOrder } from './scriptOrder.ts';

/** Names of the parameters of frozen nodes, as the framework has them. */
export function frozenParameters(
  { document, inferred }: Pick<TrainingScriptOrder, 'document' | 'inferred'>,
  state: ReadonlyMap<string, StateEntry>,
): readonly string[] {
  const origins = new Set<string>();
  walkInstances<null>(document, inferred.root, {
    visit(instance) {
      if (instance.frozen) origins.add(instance.path);
      return Object.fromEntries(Object.keys(instance.inferred.outputs).map((port) => [port, null]));
    },
    zeros: () => null,
  });
  return [...state].flatMap(([variable, { name }]) => {
    const isStatistic = /\.running(Mean|Variance)$/.test(variable);
    return origins.has(variable.slice(0, variable.lastIndexOf('.'))) && !isStatistic ? [name] : [];
  });
}
