import { countChanges, type DocumentDiff, type FieldChange, type GraphDiff, type NodeChange } from './documentDiff.ts';

const MAXIMUM_TEXT = 60;

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > MAXIMUM_TEXT ? `${line.slice(0, MAXIMUM_TEXT - 1)}…` : line;
}

/** One change of a value, such as `filters 16 → 32` or `bias no (was not set)`. */
export function describeField({ field, before, after }: FieldChange): string {
  if (before === undefined) return `${field} ${shorten(after ?? '')} (was not set)`;
  if (after === undefined) return `${field} not set (was ${shorten(before)})`;
  return `${field} ${shorten(before)} → ${shorten(after)}`;
}

const SIGNS = { added: '+', removed: '-', changed: '~', moved: '·' } as const;

/** One node on a line, such as `~ conv1 (Conv2D): filters 16 → 32`. */
export function describeNodeChange({ kind, name, title, fields }: NodeChange): string {
  const what = `${SIGNS[kind]} ${name}${title === name ? '' : ` (${title})`}`;
  if (kind === 'moved') return `${what}: moved`;
  return fields.length === 0 ? what : `${what}: ${fields.map(describeField).join('; ')}`;
}

function describeGraph({ block, fields, nodes, marks }: GraphDiff): string[] {
  return [
    block === null ? 'Network' : `Block “${block}”`,
    ...fields.map((field) => `  ~ ${describeField(field)}`),
    ...nodes.map((node) => `  ${describeNodeChange(node)}`),
    ...marks.map(({ kind, mark, title }) => `  ${SIGNS[kind]} ${mark} “${shorten(title)}”`),
  ];
}

function describeCost(name: string, [before, after]: readonly [number, number]): string[] {
  if (before === after) return [];
  const sign = after > before ? '+' : '';
  return [`  ${name}: ${before} → ${after} (${sign}${after - before})`];
}

/** How many nodes differ, in one phrase. */
export function summarizeDiff(diff: DocumentDiff): string {
  const { added, removed, changed, moved } = countChanges(diff.graphs);
  const parts = [
    ...(added > 0 ? [`${added} added`] : []),
    ...(removed > 0 ? [`${removed} removed`] : []),
    ...(changed > 0 ? [`${changed} changed`] : []),
    ...(moved > 0 ? [`${moved} moved`] : []),
  ];
  return parts.length === 0 ? 'no node differs' : parts.join(', ');
}

/** A difference as text, for a terminal or a note: one line for each thing that differs. */
export function describeDiff(diff: DocumentDiff): string {
  const costs = [...describeCost('parameters', diff.costs.parameters), ...describeCost('MACs', diff.costs.macs)];
  const lines = [
    ...(diff.fields.length === 0 ? [] : ['Document', ...diff.fields.map((field) => `  ~ ${describeField(field)}`)]),
    ...(diff.blocks.length === 0 ? [] : ['Blocks', ...diff.blocks.map(({ kind, name }) => `  ${SIGNS[kind]} ${name}`)]),
    ...diff.graphs.flatMap(describeGraph),
    ...(costs.length === 0 ? [] : ['Costs', ...costs]),
  ];
  return lines.length === 0 ? 'Nothing differs.' : lines.join('\n');
}
