import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { inferDocument } from '../infer/inferDocument.ts';
import { loadBlock, loadDocument } from './loadDocument.ts';
import { FORMAT_VERSION, type SkipwireDocument } from './schema.ts';
import { serializeDocument } from './serializeDocument.ts';

const golden = path.join(import.meta.dirname, '../../../tests/golden/documents');
const versions = Array.from({ length: FORMAT_VERSION }, (_, index) => index + 1);

function read(name: string): string {
  return readFileSync(path.join(golden, `${name}.json`), 'utf8');
}

function loaded(text: string): SkipwireDocument {
  const result = loadDocument(text);
  if (!result.ok) throw new Error(result.error.map(({ message }) => message).join(' '));
  return result.value;
}

describe.each(versions)('a file of format version %i', (version) => {
  const text = read(`document-${version}`);

  test('says its version and opens', () => {
    expect(text).toContain(`"skipwire/document@${version}"`);
    const document = loaded(text);
    expect(document.name).toBe('Every kind of field');
    expect(document.description).toContain('é, 雪 and 🧠');
    expect(document.graph.frames?.['frame1' as never]).toMatchObject({ title: 'Stages', colour: 'blue' });
    expect(document.graph.notes?.['note1' as never]).toMatchObject({ text: '**Skips** are drawn as arcs.' });
    expect(document.bookmarks).toMatchObject([{ name: 'Inside', zoom: 1.25 }]);
    expect(Object.values(document.graph.nodes).find(({ name }) => name === 'first stage')).toMatchObject({
      repeat: 3,
      note: 'Each repetition has weights of its own.',
      inputs: { input: { via: [{ x: 300, y: 40.5 }] } },
    });
  });

  test('is the same network as ever', () => {
    expect(inferDocument(loaded(text)).totals.parameters).toBe(269_722);
  });

  test('is written in the one canonical way, which does not depend on how it was written before', () => {
    const written = serializeDocument(loaded(text));
    expect(serializeDocument(loaded(written))).toBe(written);
    expect(serializeDocument(loaded(JSON.stringify(reversedKeys(JSON.parse(text)))))).toBe(written);
  });

  test('of a block opens too', () => {
    const block = loadBlock(read(`block-${version}`));
    expect(block.ok && block.value.id).toBe('residual-bottleneck-se');
  });
});

describe('two people who edit one network', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'skipwire-merge-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  function merged(ours: SkipwireDocument, base: SkipwireDocument, theirs: SkipwireDocument): string {
    for (const [name, document] of Object.entries({ ours, base, theirs })) {
      writeFileSync(path.join(folder, name), serializeDocument(document));
    }
    return execFileSync('git', ['merge-file', '-p', 'ours', 'base', 'theirs'], { cwd: folder, encoding: 'utf8' });
  }

  test('get both edits from git without a conflict', () => {
    const base = loaded(read('document-1'));
    const ours = structuredClone(base);
    const theirs = structuredClone(base);
    const [firstId, first] = Object.entries(ours.graph.nodes)[0] ?? [];
    const [lastId, last] = Object.entries(theirs.graph.nodes).at(-1) ?? [];
    if (first === undefined || last === undefined) throw new Error('No nodes');
    first.note = 'Ours';
    first.position = { x: -120, y: 12 };
    last.note = 'Theirs';
    theirs.training.seed = 4711;
    const both = loaded(merged(ours, base, theirs));
    const nodes = new Map(Object.entries(both.graph.nodes));
    expect(nodes.get(firstId ?? '')).toMatchObject({ note: 'Ours', position: { x: -120, y: 12 } });
    expect(nodes.get(lastId ?? '')).toMatchObject({ note: 'Theirs' });
    expect(both.training.seed).toBe(4711);
  });

  test('change only the lines of the node they move', () => {
    const base = loaded(read('document-1'));
    const moved = structuredClone(base);
    const node = Object.values(moved.graph.nodes)[2];
    if (node === undefined) throw new Error('No nodes');
    node.position = { x: 1, y: 2 };
    const before = serializeDocument(base).split('\n');
    const after = serializeDocument(moved).split('\n');
    expect(after.length).toBe(before.length);
    expect(after.filter((line, index) => line !== before[index])).toHaveLength(1);
  });
});

/** The same JSON with the keys of every object the other way round. */
function reversedKeys(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(reversedKeys);
  if (typeof json !== 'object' || json === null) return json;
  return Object.fromEntries(
    Object.entries(json)
      .reverse()
      .map(([key, value]) => [key, reversedKeys(value)]),
  );
}
