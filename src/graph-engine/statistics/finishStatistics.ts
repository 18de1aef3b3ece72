import type { LoweredStatistics } from '../lower/appendStatistics.ts';

/** The columns of a sample, from the numbers that a step with so many examples handed out. */
export function finishStatistics(
  { recipes, fetches }: Pick<LoweredStatistics, 'recipes' | 'fetches'>,
  results: Readonly<Record<string, ArrayLike<number>>>,
  batch: number,
): Float32Array {
  const fetched = fetches.flatMap((name) => Array.from(results[name] ?? []));
  const at = (place: number): number => fetched[place] ?? Number.NaN;
  return Float32Array.from(recipes, (recipe) => {
    switch (recipe.kind) {
      case 'mean':
        return at(recipe.mean);
      case 'deviation': {
        const { mean, squares, elements, perExample } = recipe;
        const count = perExample ? elements * batch : elements;
        // Rounding may make the difference of nearly equal numbers negative; what is not finite stays so.
        return Math.sqrt(Math.max(0, (2 * at(squares)) / count - at(mean) ** 2));
      }
      case 'dead':
        return 1 - at(recipe.alive);
      case 'norm':
        return Math.sqrt(recipe.squares.reduce((sum, place) => sum + 2 * at(place), 0));
    }
  });
}
