import { expect, test } from 'vitest';
import type { RunRow } from '../../contract/runTable.ts';
import { groupRows, type TableItem } from './groupRows.ts';

function row(id: string, parent?: string, name = 'net'): RunRow {
  const continued = parent === undefined ? {} : { parent: { run: parent, checkpoint: 'best', step: 1, epoch: 1 } };
  return {
    summary: { id, name, data: 'digits', started: 0, state: { status: 'finished' }, epochs: 1, ...continued },
    facts: undefined,
  };
}
const shown = (items: readonly TableItem[]): readonly string[] =>
  items.map((item) =>
    item.kind === 'group' ? `# ${item.title} (${item.runs.length})` : '-'.repeat(item.depth) + item.row.summary.id,
  );

test('a family stands under the run it began with, each run behind the one it continues', () => {
  const rows = [row('c', 'b'), row('x'), row('b', 'a'), row('a'), row('d', 'a'), row('e', 'deleted')];
  expect(shown(groupRows(rows, 'family', new Set()))).toEqual(['# a (4)', 'a', '-b', '--c', '-d', 'x', 'e']);
});

test('groups come in the order of their first run; a closed one keeps its heading', () => {
  const rows = [row('a', undefined, 'wide'), row('b'), row('c', undefined, 'wide')];
  expect(shown(groupRows(rows, 'network', new Set(['network:net'])))).toEqual(['# wide (2)', 'a', 'c', '# net (1)']);
  expect(shown(groupRows(rows, 'nothing', new Set()))).toEqual(['a', 'b', 'c']);
});
