import type { SkipwireDocument } from '../document/schema.ts';
import type { InferredGraph } from '../infer/inferredGraph.ts';
import type { Variable } from '../program/program.ts';
import { walkInstances } from './walkInstances.ts';

/** The weights and statistics of a network, for what needs no program of it. */
export function weightVariables(document: SkipwireDocument, root: InferredGraph): readonly Variable[] {
  const variables: Variable[] = [];
  walkInstances<null>(document, root, {
    visit({ path, inferred }) {
      for (const [weight, { dims, initializer, trainable }] of Object.entries(inferred.weights)) {
        const role = trainable ? ('weight' as const) : ('statistic' as const);
        variables.push({
          name: `${path}.${weight}`,
          dims,
          dtype: 'float32',
          initializer,
          role,
          trainable,
          origin: path,
        });
      }
      return Object.fromEntries(Object.keys(inferred.outputs).map((port) => [port, null]));
    },
    zeros: () => null,
  });
  return variables;
}
