import { createReadStream } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { dataSettingOf, type ReaderOf } from '../../../graph-engine/training/dataReader.ts';
import { HostFailure } from '../../files/hostFailure.ts';
import { keptInMemory, openNumbers } from '../numberStore.ts';
import { createBytePairEncoder, learnBytePairs, type BytePairs } from './bytePairs.ts';
import { byCodePoint, listFiles, type DataPlace, type PlacedFile } from './dataPlace.ts';
import { keyOf } from './fileRecords.ts';
import type { FormatReader } from './formatReader.ts';
import { count } from './imageSurvey.ts';
import { damagedFile } from './labels.ts';
import { cachedFile } from './recordCache.ts';

type TextReader = ReaderOf<'text'>;

const ending = /\.(txt|text|md|markdown|rst|tex|log)$/i;
/** The token of what the vocabulary has no room for. */
export const UNKNOWN = '\ufffd';
/** Characters from which byte pairs are learned: more changes little. */
const LEARNED_FROM = 20_000_000;
/** Different words that are counted; beyond, seldom ones are not met again. */
const MOST_WORDS = 2_000_000;
/** What a text is cut into before its tokens are looked up. */
export const pieces = {
  characters: /[\s\S]/gu,
  // Joined again they are the text: nothing is lost between words.
  words: /\s+|[\p{L}\p{M}\p{N}_]+|[^\s\p{L}\p{M}\p{N}_]/gu,
  'byte-pairs': / ?[\p{L}\p{M}]+| ?\p{N}+| ?[^\s\p{L}\p{M}\p{N}]+|\s/gu,
} as const;

interface Tokens {
  readonly merges: BytePairs['merges'];
  readonly vocabulary: readonly string[];
  readonly encode: (piece: string) => readonly number[];
}

/** Text files, read one after the other as one long text. */
export const text: FormatReader<'text'> = {
  kind: 'text',

  async detect(place) {
    const files = await textFiles(place);
    return files.length === 0 ? undefined : { kind: 'text', tokens: 'characters', vocabulary: 1024 };
  },

  async survey(place, reader) {
    const files = await requiredFiles(place);
    const { tokens, characters, length } = await tokensFor(place, files, reader);
    const description = describe(place, tokens.vocabulary, length);
    const cut = tokens.vocabulary.at(-1) === UNKNOWN;
    return {
      reader,
      description,
      parts: { train: length, validation: 0, test: 0 },
      understood: [
        `${count(files.length, 'text')} of ${count(characters, 'character')} together.`,
        `${count(length, 'token')}, ${count(tokens.vocabulary.length, 'different one')}.`,
      ],
      warnings: cut ? ['What is more seldom than the vocabulary has room for becomes an unknown token.'] : [],
      problems: [],
    };
  },

  async read(place, reader, options) {
    const files = await requiredFiles(place);
    const { tokens } = await tokensFor(place, files, reader);
    const cached = await cachedFile(
      { key: keyOf(place, files, reader), bytes: files.reduce((sum, { size }) => sum + size * 2, 0) },
      z.int(),
      async (handle) => {
        let length = 0;
        for (const file of files) {
          for await (const part of piecesIn(file, reader)) {
            const numbers = Uint16Array.from(part.flatMap((piece) => tokens.encode(piece)));
            length += numbers.length;
            await handle.writeFile(Buffer.from(numbers.buffer));
          }
        }
        return length;
      },
      options,
    );
    const stored = { type: 'uint16', length: cached.known, divisor: 1, file: cached.file, offset: 0 } as const;
    const numbers = openNumbers(await keptInMemory(stored, options.memoryLimit));
    return {
      data: {
        description: describe(place, tokens.vocabulary, cached.known),
        inputs: [numbers],
        targets: [numbers],
        preparation: { kind: 'text', tokens: reader.tokens, merges: tokens.merges.map(([a, b]) => [a, b]) },
      },
      broken: [],
    };
  },
};

/** The pieces of a file, some at a time, none of them torn between two. */
async function* piecesIn(file: PlacedFile, { tokens }: TextReader): AsyncGenerator<string[]> {
  let rest = '';
  for await (const chunk of createReadStream(file.absolute, { encoding: 'utf8', highWaterMark: 1024 * 1024 })) {
    const content = rest + String(chunk);
    if (content.includes('\0')) {
      throw damagedFile(file.path, 'It is no text.', { expected: 'UTF-8', received: 'a zero byte' });
    }
    const found = content.match(pieces[tokens]) ?? [];
    // The last word may go on in the next chunk.
    rest = tokens === 'characters' ? '' : (found.pop() ?? '');
    yield found;
  }
  if (rest !== '') yield rest.match(pieces[tokens]) ?? [];
}

async function tokensFor(place: DataPlace, files: readonly PlacedFile[], reader: TextReader) {
  const key = keyOf(place, files, reader);
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const counts = new Map<string, number>();
  let characters = 0;
  let number = 0;
  for (const file of files) {
    for await (const found of piecesIn(file, reader)) {
      const learns = reader.tokens !== 'byte-pairs' || characters < LEARNED_FROM;
      for (const piece of found) {
        characters += piece.length;
        number++;
        if (learns && (counts.size < MOST_WORDS || counts.has(piece))) counts.set(piece, (counts.get(piece) ?? 0) + 1);
      }
    }
  }
  if (number === 0) throw tooShort(place);
  const tokens = reader.tokens === 'byte-pairs' ? pairTokens(counts, reader) : wholeTokens(counts, reader);
  let length = number;
  if (reader.tokens === 'byte-pairs') {
    length = 0;
    for (const file of files)
      for await (const found of piecesIn(file, reader))
        for (const piece of found) length += tokens.encode(piece).length;
  }
  const result = { tokens, characters, length };
  if (remembered.size >= 4) remembered.clear();
  remembered.set(key, result);
  return result;
}

/** Surveying and reading follow each other: the vocabulary is not learned twice. */
const remembered = new Map<string, { tokens: Tokens; characters: number; length: number }>();

function wholeTokens(counts: ReadonlyMap<string, number>, { vocabulary: size, tokens: kind }: TextReader): Tokens {
  const frequent = [...counts].sort((a, b) => b[1] - a[1] || byCodePoint(a[0], b[0])).map(([piece]) => piece);
  const cut = frequent.length > size;
  const chosen = cut ? frequent.slice(0, size - 1) : frequent;
  const ordered = kind === 'characters' ? chosen.sort(byCodePoint) : chosen;
  const vocabulary = cut ? [...ordered, UNKNOWN] : ordered;
  const numberOf = new Map(vocabulary.map((token, index) => [token, [index]]));
  const unknown = [vocabulary.length - 1];
  return { vocabulary, merges: [], encode: (piece) => numberOf.get(piece) ?? unknown };
}

function pairTokens(counts: ReadonlyMap<string, number>, { vocabulary: size }: TextReader): Tokens {
  const learned = learnBytePairs(counts, size - 1);
  const vocabulary = [...learned.vocabulary, UNKNOWN];
  return { vocabulary, merges: learned.merges, encode: createBytePairEncoder(learned, vocabulary.length - 1) };
}

async function textFiles(place: DataPlace): Promise<readonly PlacedFile[]> {
  return (await listFiles(place)).filter((file) => ending.test(file.path) && file.size > 0);
}

async function requiredFiles(place: DataPlace): Promise<readonly PlacedFile[]> {
  const files = await textFiles(place);
  if (files.length === 0) throw tooShort(place);
  return files;
}

function tooShort(place: DataPlace): HostFailure {
  return new HostFailure({
    code: 'data/missing',
    message: `There is no text at "${place.path}".`,
    expected: 'a .txt or .md file with text, or a folder of them',
    remedy: 'Choose a file with text.',
  });
}

function describe(place: DataPlace, vocabulary: readonly string[], length: number) {
  return {
    id: dataSettingOf(place.path),
    title: path.basename(place.path),
    description: `The text at "${place.path}".`,
    inputs: [{ kind: 'text' as const, name: 'text', length, vocabulary: [...vocabulary] }],
    targets: [{ kind: 'next-token' as const, name: 'next', vocabulary: [...vocabulary] }],
    samples: length,
    licence: '',
  };
}
