import type { VectorInput } from './opDefinition.ts';
import { embeddingTable, features, image, sequence, tokens, type TensorType } from './shape.ts';

/** The logical type of an example of a vector's tensor, whose dims have the batch in front. */
export function typeOfInput({ dims, vocabulary, table }: Omit<VectorInput, 'data'>): TensorType {
  if (table === true) return embeddingTable(dims[0] ?? null, dims[1] ?? null);
  const [, a = null, b = null, c = null] = dims;
  if (vocabulary !== undefined) return tokens(a, vocabulary);
  switch (dims.length) {
    case 2:
      return features(a);
    case 3:
      return sequence(a, b);
    case 4:
      return image(a, b, c);
    default:
      throw new Error(`No type is known for a vector of ${dims.length} axes`);
  }
}
