import type { ParameterValue, SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { SweepAxis, SweepPlan, SweepRange } from '../../graph-engine/training/sweep/sweepPlan.ts';
import { sweepTargets, targetNamed, type SweepTarget } from '../../graph-engine/training/sweep/sweepTargets.ts';

/** The plan of a sweep before anything was chosen. */
export const EMPTY_PLAN: SweepPlan = {
  axes: [],
  strategy: { kind: 'grid' },
  goal: { measure: 'loss', better: 'lower' },
  concurrency: 1,
  stop: {},
};

type NumberTarget = SweepTarget & { readonly values: { readonly kind: 'number' } };

/** The axis that is proposed for a setting or parameter: values around what it is now. */
export function proposedAxis(target: SweepTarget): SweepAxis {
  return { paths: [target.path], range: proposedRange(target) };
}

/** More choices than this are left for the user to add. */
const MOST_CHOICES = 5;

function proposedRange(target: SweepTarget): SweepRange {
  const { values, now } = target;
  switch (values.kind) {
    case 'boolean':
      return listed([true, false]);
    case 'choice': {
      const { choices } = values;
      if (choices.length <= MOST_CHOICES) return listed(choices);
      const at = Math.max(0, choices.indexOf(String(now)));
      return listed([0, 1, 2].map((step) => choices[(at + step) % choices.length] ?? ''));
    }
    case 'number':
      return proposedNumbers({ ...target, values });
    case 'other':
      return listed([now ?? '']);
  }
}

function proposedNumbers(target: NumberTarget): SweepRange {
  const { path, now, values } = target;
  const inside = (numbers: readonly number[]): SweepRange => listed(withinBounds(target, numbers));
  if (path === 'training.seed') return listed([1, 2, 3]);
  const from = typeof now === 'number' ? now : Number.NaN;
  if (path.endsWith('.repeat') && Number.isFinite(from)) return inside([from - 1, from, from + 1]);
  if (values.integer) return inside(from >= 1 ? [Math.round(from / 2), from, 2 * from] : [1, 2, 4]);
  if (from === 0) return inside(path.endsWith('weightDecay') ? [0, 1e-4, 1e-3, 1e-2] : [0, 0.1, 0.2, 0.3]);
  // Sizes of steps and decays are looked for by factors; shares beside what they are.
  if (from > 0 && (from < 0.05 || values.maximum > 1)) {
    const [low = from, high = from] = withinBounds(target, [from / 10, from * 10]);
    return low < high ? { kind: 'log', from: low, to: high, steps: 5 } : listed([from]);
  }
  return inside(from > 0 ? [1 - 2 * (1 - from), from, 1 - (1 - from) / 2] : [0.1, 0.2, 0.3]);
}

function withinBounds({ now, values }: NumberTarget, numbers: readonly number[]): readonly number[] {
  const { minimum, maximum, open } = values;
  const fits = (number: number): boolean =>
    (open.minimum ? number > minimum : number >= minimum) && (open.maximum ? number < maximum : number <= maximum);
  const rounded = numbers.map((number) => Number(number.toPrecision(4))).filter(fits);
  const unique = [...new Set(rounded)];
  return unique.length > 0 ? unique : [typeof now === 'number' ? now : Number.isFinite(minimum) ? minimum : 0];
}

function listed(values: readonly ParameterValue[]): SweepRange {
  return { kind: 'values', values: [...values] };
}

/** As many as a list shows. */
const MOST_FOUND = 60;

/** What can be varied and is found by words, those of the drawing's own choices only. */
export function findTargets(
  document: SkipwireDocument,
  { axes }: Pick<SweepPlan, 'axes'>,
  query: string,
): readonly SweepTarget[] {
  const words = query.toLowerCase().split(/\s+/);
  const taken = new Set(axes.flatMap(({ paths }) => paths));
  const found: SweepTarget[] = [];
  for (const target of sweepTargets(document)) {
    if (found.length === MOST_FOUND) break;
    const { path, summary, keywords } = target;
    const text = [path, path.replace(/([a-z])([A-Z])/g, '$1 $2'), summary, ...keywords].join(' ').toLowerCase();
    if (words.every((word) => text.includes(word)) && !taken.has(path) && isMeant(document, axes, target))
      found.push(target);
  }
  return found;
}

/** Whether the choice that a setting belongs to is made, or is tried. */
function isMeant(document: SkipwireDocument, axes: readonly SweepAxis[], { only }: SweepTarget): boolean {
  if (only === undefined) return true;
  const axis = axes.find(({ paths }) => paths.includes(only.path));
  const tried = axis?.range.kind === 'values' ? axis.range.values : [targetNamed(document, only.path)?.now];
  return tried.some((choice) => typeof choice === 'string' && only.choices.includes(choice));
}
