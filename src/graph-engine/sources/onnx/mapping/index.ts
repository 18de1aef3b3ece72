import type { SourceNode } from '../sourceModel.ts';
import { activationMappers } from './activations.ts';
import { arrangementMappers } from './arrangements.ts';
import { attentionMappers } from './attentions.ts';
import { convolutionMappers } from './convolutions.ts';
import { linearMappers } from './linear.ts';
import type { Mapper } from './mapping.ts';
import { mergeMappers } from './merges.ts';
import { normalizationMappers } from './normalizations.ts';
import { poolMappers } from './pools.ts';

/** Families in the order in which they are asked: the ones whose patterns explain most come first. */
const families = [
  attentionMappers,
  activationMappers,
  normalizationMappers,
  convolutionMappers,
  linearMappers,
  poolMappers,
  arrangementMappers,
  mergeMappers,
];

/** The mappers that may know what ends in a node. */
export function mappersFor({ opType, domain }: Pick<SourceNode, 'opType' | 'domain'>): readonly Mapper[] {
  if (domain !== '') return [];
  return families.flatMap((family) => (Object.hasOwn(family, opType) ? (family[opType] ?? []) : []));
}
