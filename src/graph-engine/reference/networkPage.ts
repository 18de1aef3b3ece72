import { describeShape, formatShape } from '../core/shape.ts';
import { nameOf } from '../document/graphs.ts';
import type { SkipwireDocument } from '../document/schema.ts';
import { inferDocument } from '../infer/inferDocument.ts';
import type { InferredGraph, InferredNode } from '../infer/inferredGraph.ts';
import { formatReceptiveField, receptiveFields } from '../infer/receptiveField.ts';
import { walkInstances } from '../lower/walkInstances.ts';
import { opNamed } from '../ops/index.ts';
import { partsOf } from './blockPage.ts';
import type { Cell, ReferencePage, Section } from './referencePage.ts';
import { sourceLinks } from './sourceLinks.ts';
import { grouped, mebibytes } from './writeNumber.ts';

/** Layers with a kernel on the longest way through: what the papers call depth. */
export function depthOf(document: SkipwireDocument): number {
  let deepest = 0;
  walkInstances<number>(document, inferDocument(document).root, {
    visit({ inferred }, inputs) {
      const before = Math.max(0, ...Object.values(inputs));
      const depth = before + (inferred.weights['kernel'] === undefined ? 0 : 1);
      deepest = Math.max(deepest, depth);
      return Object.fromEntries(Object.keys(inferred.outputs).map((port) => [port, depth]));
    },
    zeros: () => 0,
  });
  return deepest;
}

function inputsOf(root: InferredGraph): readonly string[] {
  return [...root.nodes.values()].flatMap(({ node, outputs }) =>
    'op' in node && opNamed(node.op)?.family === 'input'
      ? Object.values(outputs).map((type) => (type === undefined ? 'unknown' : describeShape(type)))
      : [],
  );
}

function rowOf(node: InferredNode, document: SkipwireDocument): readonly Cell[] {
  const given = Object.entries(node.node.parameters)
    .map(([name, value]) => `${name} ${Array.isArray(value) ? value.join('×') : String(value)}`)
    .join(', ');
  const [output] = Object.values(node.outputs);
  const times = node.instances?.length ?? 1;
  const kind: Cell =
    'block' in node.node
      ? { text: document.blocks[node.node.block]?.name ?? node.node.block, to: { kind: 'block', id: node.node.block } }
      : { text: opNamed(node.node.op)?.documentation.title ?? node.node.op, to: { kind: 'op', id: node.node.op } };
  return [
    `\`${nameOf(node.id, node.node)}\``,
    kind,
    times === 1 ? '' : `×${times}`,
    given === '' ? '' : `\`${given}\``,
    output === undefined ? '' : formatShape(output),
    node.totals.parameters === 0 ? '' : grouped(node.totals.parameters),
    node.totals.macs === 0 ? '' : grouped(node.totals.macs),
  ];
}

/** The largest part of the input that a value sees before something sees all of it. */
function widestField(document: SkipwireDocument): string {
  let widest = 'everything';
  let extent = 0;
  for (const field of receptiveFields(document).values()) {
    const text = formatReceptiveField(field);
    if (text === 'everything' || field.window[0].extent < extent) continue;
    extent = field.window[0].extent;
    widest = text;
  }
  return widest === 'everything' ? 'everything' : `${widest} positions, before all is seen`;
}

/** The page of a network, worked out from its file. */
export function networkPage(id: string, document: SkipwireDocument): ReferencePage {
  const inferred = inferDocument(document);
  const { root, totals, diagnostics } = inferred;
  const sound = diagnostics.every(({ severity }) => severity !== 'error');
  const facts: readonly (readonly string[])[] = [
    ['Parameters', grouped(totals.parameters)],
    ['Multiply-accumulates for one example', grouped(totals.macs)],
    ['Activation memory for one example', `${mebibytes(totals.activationBytes)} as float32`],
    ['Depth', sound ? `${depthOf(document)} layers with a kernel on the longest way` : 'unknown'],
    ['Ops, unfolded', grouped(totals.nodes)],
    ['Receptive field', widestField(document)],
    ['Input', inputsOf(root).join('; ')],
  ];
  const rows = root.order.flatMap((node) => {
    const known = root.nodes.get(node);
    return known === undefined ? [] : [rowOf(known, document)];
  });
  const sections: Section[] = [
    { title: 'Figures', content: [{ kind: 'table', head: ['Figure', 'Value'], rows: facts }] },
    {
      title: 'Layers and blocks',
      content: [
        {
          kind: 'table',
          head: ['Node', 'Kind', 'Repeat', 'Parameters given', 'Output', 'Parameters', 'MACs'],
          rows,
        },
      ],
    },
    { title: 'Made of', content: [{ kind: 'links', links: partsOf(root, document.blocks) }] },
  ];
  if (document.source !== undefined)
    sections.push({ title: 'Source', content: [{ kind: 'links', links: sourceLinks(document.source) }] });
  return { kind: 'network', id, title: document.name, summary: document.description ?? '', sections };
}
