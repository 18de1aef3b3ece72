import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { schemaFiles, shippedLibrary } from '../scripts/referenceFiles.ts';
import { opNamed } from '../src/graph-engine/ops/index.ts';
import { writeReference } from '../src/graph-engine/reference/markdown.ts';
import { pageEntries } from '../src/graph-engine/reference/pageEntries.ts';
import { pageOf } from '../src/graph-engine/reference/pageOf.ts';
import {
  pageKey,
  type Content,
  type PageRef,
  type ReferencePage,
} from '../src/graph-engine/reference/referencePage.ts';

const folder = path.join(import.meta.dirname, '../docs/reference');
const library = shippedLibrary();
const entries = pageEntries(library);

const pages = new Map(entries.map((entry) => [pageKey(entry), pageOf(entry, library)]));

function page(ref: PageRef): ReferencePage {
  const found = pages.get(pageKey(ref));
  if (found === undefined) throw new Error(`There is no page ${pageKey(ref)}`);
  return found;
}

function section(entry: PageRef, title: string): readonly Content[] {
  return page(entry).sections.find((one) => one.title === title)?.content ?? [];
}

function written(content: readonly Content[]): string {
  return content
    .map((one) => {
      switch (one.kind) {
        case 'text':
        case 'formula':
          return one.text;
        case 'table':
          return one.rows
            .flat()
            .map((cell) => (typeof cell === 'string' ? cell : cell.text))
            .join(' ');
        case 'links':
          return one.links.map(({ text, to }) => `${text} ${typeof to === 'string' ? to : ''}`).join(' ');
      }
    })
    .join(' ');
}

describe('the files of the reference', () => {
  const files = writeReference(entries, (ref) => pages.get(pageKey(ref)));

  test('are those that npm run docs writes now; otherwise run it and commit', () => {
    const present = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => name.split(path.sep).join('/'))
      .filter((name) => name.endsWith('.md'));
    expect(present.sort()).toEqual([...files.keys()].sort());
    const stale = [...files].filter(([name, text]) => readFileSync(path.join(folder, name), 'utf8') !== text);
    expect(stale.map(([name]) => name)).toEqual([]);
  });

  test('come with the present schema of the file format', () => {
    for (const [name, text] of schemaFiles()) expect(readFileSync(path.join(folder, name), 'utf8'), name).toBe(text);
  });

  test('link only to pages that exist', () => {
    for (const [name, text] of files) {
      for (const [, target = ''] of text.matchAll(/\]\(([^)]+\.md)\)/g)) {
        expect(
          files.has(path.posix.normalize(path.posix.join(path.posix.dirname(name), target))),
          `${name} → ${target}`,
        ).toBe(true);
      }
    }
  });
});

describe.each(entries.filter(({ kind }) => kind === 'op').map((entry) => [entry.id, entry] as const))(
  'op %s',
  (id, entry) => {
    test('has a formula or a reason why not, a shape rule, its parameters and its ports', () => {
      expect(written(section(entry, 'Formula')).length).toBeGreaterThan(4);
      expect(written(section(entry, 'Shape rule')).length).toBeGreaterThan(10);
      const parameters = written(section(entry, 'Parameters'));
      for (const name of Object.keys(opNamed(id)?.parameters.shape ?? {})) expect(parameters).toContain(`\`${name}\``);
      expect(written(section(entry, 'Shape rule'))).not.toContain('depends on');
      if ((opNamed(id)?.vectors.length ?? 0) > 0) {
        expect(written(section(entry, 'Worked example')).length).toBeGreaterThan(10);
        expect(written(section(entry, 'ONNX')) + (opNamed(id)?.family ?? '')).toMatch(
          /Exported as `\w+`|regularization|output/,
        );
      }
    });
  },
);

test.each(entries.filter(({ kind }) => kind === 'block').map((entry) => [entry.id, entry] as const))(
  'block %s has equations, a shape rule, and its paper',
  (_, entry) => {
    expect(written(section(entry, 'Formula'))).toMatch(/^(\w+ = .+ )*\w+ = /);
    expect(written(section(entry, 'Formula'))).not.toContain('?');
    expect(written(section(entry, 'Shape rule'))).toContain('With default parameters');
    expect(written(section(entry, 'Source'))).toMatch(/\d{4}.*(arxiv\.org|doi\.org)/);
  },
);

test.each(entries.filter(({ kind }) => kind === 'network').map((entry) => [entry.id, entry] as const))(
  'network %s has its figures, its layers, and its paper',
  (_, entry) => {
    const figures = written(section(entry, 'Figures'));
    for (const figure of ['Parameters', 'Multiply-accumulates', 'Activation memory', 'Depth', 'Receptive field'])
      expect(figures).toContain(figure);
    expect(figures).not.toContain('unknown');
    expect(section(entry, 'Layers and blocks')).not.toEqual([]);
    expect(written(section(entry, 'Source'))).toMatch(/\d{4}/);
  },
);

test('the depth of a network is the number in its name', () => {
  const depths: Readonly<Record<string, number>> = {
    'resnet-20': 20,
    'resnet-50': 50,
    'resnet-152': 152,
    'vgg-16': 16,
    'densenet-121': 121,
  };
  for (const [id, depth] of Object.entries(depths)) {
    const entry = entries.find((one) => one.id === id);
    if (entry === undefined) throw new Error(`There is no ${id}`);
    expect(written(section(entry, 'Figures'))).toContain(`Depth ${depth} layers`);
  }
});
