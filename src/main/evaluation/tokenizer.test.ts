import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readNumbers } from '../datasets/numberStore.ts';
import { openFiles } from '../datasets/readers/openFiles.ts';
import { productRoot } from '../files/productRoot.ts';
import { createTokenizer, unknownInWords } from './tokenizer.ts';

const root = path.join(productRoot, 'tests', 'fixtures', 'data');
let cacheFolder: string;
beforeAll(async () => (cacheFolder = await mkdtemp(path.join(os.tmpdir(), 'skipwire-tokens-'))));
afterAll(() => rm(cacheFolder, { recursive: true }));

test.each(['characters', 'words', 'byte-pairs'] as const)(
  'a prompt becomes the tokens that the same text became in training: %s',
  async (tokens) => {
    const files = await openFiles(root, 'text', { kind: 'text', tokens, vocabulary: 40 });
    const { data } = await files.read({ cacheFolder, memoryLimit: 1_000_000 });
    const [input] = data.description.inputs;
    const [numbers] = data.inputs;
    const { preparation } = data;
    if (input?.kind !== 'text' || numbers === undefined || preparation?.kind !== 'text')
      throw new Error('It is no text');
    const trained = new Int32Array(numbers.length);
    readNumbers(numbers, 0, trained);
    const text = await readFile(path.join(root, 'text', 'words.txt'), 'utf8');
    expect(createTokenizer(input.vocabulary, preparation).tokenize(text).tokens).toEqual([...trained]);
  },
);

test('what is unknown is left out and told, or is the token for that', () => {
  const without = createTokenizer(['a', 'b']);
  const left = without.tokenize('a?b?\u{1F600}');
  expect(left.tokens).toEqual([0, 1]);
  expect(unknownInWords(left, without)).toEqual(['Not in the vocabulary: "?" ×2, "\u{1F600}"; left out.']);
  const withToken = createTokenizer(['a', '\ufffd']);
  const kept = withToken.tokenize('ab');
  expect(kept.tokens).toEqual([0, 1]);
  expect(unknownInWords(kept, withToken)).toEqual(['Not in the vocabulary: "b"; taken as unknown.']);
});
