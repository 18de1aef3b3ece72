import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataSetDescription } from '../../graph-engine/training/dataDescription.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { productRoot } from '../files/productRoot.ts';
import type { HeldDataSource } from './dataSet.ts';

const FILES = ['gpl-3.txt', 'lgpl-2.1.txt', 'gfdl-1.3.txt'];
/** A new line, and every printable character of ASCII: token 0 to 95. */
const vocabulary = ['\n', ...Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index))];
const tokenOf = new Map(vocabulary.map((character, token) => [character, token]));
/** Pages are parted by form feeds, which say nothing that a new line does not. */
const PAGE_BREAK = '\f';

const description: DataSetDescription = {
  id: 'licence-text',
  title: 'Licence text',
  description:
    'The GNU GPL, LGPL and Free Documentation Licence, character by character: 84 634 characters of one style, to learn to write the next one.',
  inputs: [{ kind: 'text', name: 'text', length: 84_634, vocabulary }],
  targets: [{ kind: 'next-token', name: 'next', vocabulary }],
  samples: 84_634,
  licence: 'Free Software Foundation, Inc.; verbatim copies permitted',
};

/** The licences that come with Skipwire as one text, or the files of another folder. */
export function licenceText(folder: string = path.join(productRoot, 'assets', 'data', 'licences')): HeldDataSource {
  return {
    description,
    async load() {
      const parts = await Promise.all(
        FILES.map(async (name) => tokensOf(await readFile(path.join(folder, name), 'utf8'), path.join(folder, name))),
      );
      const tokens = Int32Array.from(parts.flatMap((part) => [...part]));
      const inputs = [{ kind: 'text', name: 'text', length: tokens.length, vocabulary }] as const;
      const own = { ...description, inputs: [...inputs], samples: tokens.length };
      return { description: own, inputs: [tokens], targets: [tokens] };
    },
  };
}

function tokensOf(text: string, file: string): Int32Array {
  const tokens = new Int32Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    const token = tokenOf.get(character === PAGE_BREAK ? '\n' : character);
    if (token === undefined) throw strange(file, text, index);
    tokens[index] = token;
  }
  return tokens;
}

function strange(file: string, text: string, index: number): HostFailure {
  const line = text.slice(0, index).split('\n').length;
  return new HostFailure({
    code: 'data/damaged',
    message: `The data file "${file}" is damaged. Line ${line} has a character that is no printable ASCII.`,
    expected: 'printable ASCII',
    received: JSON.stringify(text.charAt(index)),
    remedy: 'Put an undamaged copy in its place.',
  });
}
