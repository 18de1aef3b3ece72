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
  const names = kept.map(
    ({ operator, domain, count: times }) => `${domain === '' ? '' : `${domain}.`}${operator} ×${times}`,
  );
  return [
    `${nodes} ${opset === null ? 'layers' : `operators of opset ${opset}`}${by} became ${drawn} nodes${folded}; ${parameters} numbers in the weights.`,
    count === 0
      ? 'Everything is known here: the network can be trained.'
      : `${count} of them are not known here and kept as they were: ${names.join(', ')}. The network shows and exports, but cannot be trained while they are in it.`,
    ...notes,
  ];
}
