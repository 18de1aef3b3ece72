import { describeKept } from '../../graph-engine/sources/drawing/describeKept.ts';
import type { ImportReport } from '../../graph-engine/sources/drawing/importReport.ts';

/** What came of an import, in lines. */
export function describeImport({
  producer,
  opset,
  nodes,
  drawn,
  parameters,
  kept,
  blocks,
  notes,
}: ImportReport): string[] {
  const by = producer === '' ? '' : `, written by ${producer}`;
  const folded = blocks === 0 ? '' : `, repeated structure folded into ${blocks} ${blocks === 1 ? 'block' : 'blocks'}`;
  const count = kept.reduce((sum, one) => sum + one.count, 0);
  return [
    `${nodes} ${opset === null ? 'layers' : `operators of opset ${opset}`}${by} became ${drawn} nodes${folded}; ${parameters} numbers in the weights.`,
    ...(count === 0
      ? ['Everything is known here: the network can be trained.']
      : [
          `${count} of them ${count === 1 ? 'is kept as it was' : 'are kept as they were'}. The network shows and exports, but cannot be trained while ${count === 1 ? 'it is' : 'they are'} in it.`,
          ...describeKept(kept).map(({ title, operators }) => `${title}: ${operators.join(', ')}.`),
        ]),
    ...notes,
  ];
}
