import { opNamed } from '../../ops/index.ts';
import type { InferredGraph } from '../../infer/inferredGraph.ts';

/** A figure that trials can be compared by. */
export interface GoalMeasure {
  /** As in a plan's goal: `loss`, or the key of a measure of runs. */
  readonly key: string;
  readonly title: string;
  readonly unit: 'share' | 'number';
  readonly better: 'higher' | 'lower';
}

const LOSS: GoalMeasure = { key: 'loss', title: 'Validation loss', unit: 'number', better: 'lower' };

/** What trials of a network can be compared by: the validation loss, then what its runs will measure. */
export function goalMeasures({ order, nodes }: InferredGraph): readonly GoalMeasure[] {
  const learning = order.flatMap((id) => {
    const found = nodes.get(id);
    if (found === undefined || found.bypassed || found.muted || !('op' in found.node)) return [];
    const objective = opNamed(found.node.op)?.objective;
    return objective === undefined ? [] : [{ path: found.name, measures: Object.entries(objective.measures) }];
  });
  const several = learning.length > 1;
  return [
    LOSS,
    ...learning.flatMap(({ path, measures }) => [
      ...measures.map(([name, { title, unit, better }]) => ({
        key: several ? `${path}.${name}` : name,
        title: several ? `${title} of ${path}` : title,
        unit,
        better,
      })),
      ...(several ? [{ ...LOSS, key: `${path}.loss`, title: `Loss of ${path}` }] : []),
    ]),
  ];
}

/** What a goal measures; one that the network does not know is shown by its key. */
export function measureOfGoal(
  { measure, better }: { readonly measure: string; readonly better: 'higher' | 'lower' },
  measures: readonly GoalMeasure[],
): GoalMeasure {
  const known = measures.find(({ key }) => key === measure);
  return { key: measure, title: known?.title ?? measure, unit: known?.unit ?? 'number', better };
}
