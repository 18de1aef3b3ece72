import { readFileSync } from 'node:fs';
import path from 'node:path';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { loadDocument } from '../document/loadDocument.ts';
import type { SkipwireDocument } from '../document/schema.ts';
import { serializeDocument } from '../document/serializeDocument.ts';
import { documentInLink, isNetworkLink, linkFragment, LONGEST_LINK } from './linkFragment.ts';
import { isPng } from './pngChunks.ts';
import { documentInPng, pngWithDocument } from './pngDocument.ts';

function template(name: string): SkipwireDocument {
  const loaded = loadDocument(
    readFileSync(path.join(import.meta.dirname, `../../../templates/networks/${name}.json`), 'utf8'),
  );
  if (!loaded.ok) throw new Error(name);
  return loaded.value;
}

function fragmentOf(document: SkipwireDocument): string {
  const link = linkFragment(document);
  if (!link.ok) throw new Error(`${link.length} characters`);
  return link.fragment;
}

const resnet = template('resnet-20');
const picture = await sharp({ create: { width: 40, height: 20, channels: 3, background: '#336699' } })
  .png()
  .toBuffer();

describe('a network sent as a link', () => {
  test('comes back as it was', () => {
    const fragment = fragmentOf(resnet);
    expect(fragment.length).toBeLessThan(LONGEST_LINK);
    const back = documentInLink(`http://127.0.0.1:7411/${fragment}`);
    expect(back?.ok && serializeDocument(back.value)).toBe(serializeDocument(resnet));
  });

  test('survives any name and description', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 120, unit: 'grapheme' }), fc.string(), (name, description) => {
        fc.pre(name.length <= 120 && !/[\ud800-\udfff]/.test(name.replace(/[\ud800-\udbff][\udc00-\udfff]/g, '')));
        const back = documentInLink(fragmentOf({ ...resnet, name, description }));
        expect(back?.ok && back.value.name).toBe(name);
      }),
      { numRuns: 50 },
    );
  });

  test('can be pasted beside a token, with blanks around it', () => {
    expect(documentInLink(`  http://host/#token=abc&${fragmentOf(resnet).slice(1)}\n`)?.ok).toBe(true);
  });

  test('is refused with its length where mail programs would cut it', () => {
    const description = Array.from({ length: 8000 }, (_, i) => String.fromCharCode(0x4e00 + ((i * 7919) % 20000))).join(
      '',
    );
    const link = linkFragment({ ...resnet, description, source: undefined });
    expect(link.ok || link.length).toBeGreaterThan(LONGEST_LINK);
  });

  test.each([
    ['cut', (fragment: string) => fragment.slice(0, -9)],
    ['changed', (fragment: string) => `${fragment.slice(0, 60)}AAAA${fragment.slice(64)}`],
    ['with strange characters', (fragment: string) => `${fragment}%20`],
  ])('that was %s says that it is damaged', (_, damage) => {
    const back = documentInLink(damage(fragmentOf(resnet)));
    expect(back?.ok).toBe(false);
  });

  test('that swells without end is refused', () => {
    const bomb = deflateRawSync(Buffer.alloc(24_000_000, 32), { level: 9 });
    const back = documentInLink(`#network=${bomb.subarray(0, 20_000).toString('base64url')}`);
    expect(back?.ok === false && back.error[0]?.code).toBe('link/damaged');
  });

  test.each(['', 'hello', '#token=abc', serializeDocument(resnet), 'https://example.org/'])('is not %j', (text) => {
    expect(isNetworkLink(text)).toBe(false);
    expect(documentInLink(text)).toBeUndefined();
  });
});

describe('a picture that carries its network', () => {
  test('gives it back byte for byte, and is still the same picture to others', async () => {
    const carrying = pngWithDocument(picture, resnet);
    const back = documentInPng(carrying);
    expect(back?.ok && serializeDocument(back.value)).toBe(serializeDocument(resnet));
    const pixels = await sharp(carrying).raw().toBuffer();
    expect(pixels.equals(await sharp(picture).raw().toBuffer())).toBe(true);
  });

  test('says when it carries none', () => {
    const back = documentInPng(picture);
    expect(back?.ok === false && back.error[0]?.code).toBe('picture/no-document');
  });

  test('is told from other files', () => {
    expect(isPng(Buffer.from(serializeDocument(resnet)))).toBe(false);
    expect(documentInPng(Buffer.from('GIF89a'))).toBeUndefined();
  });

  test('never breaks the reader, whatever byte is changed or wherever it is cut', () => {
    const carrying = pngWithDocument(picture, resnet);
    fc.assert(
      fc.property(fc.nat(carrying.length - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
        const damaged = cut ? carrying.slice(0, at) : Uint8Array.from(carrying);
        if (!cut) damaged[at] = byte;
        const back = documentInPng(damaged);
        if (back?.ok === true) expect(serializeDocument(back.value)).toBe(serializeDocument(resnet));
      }),
      { numRuns: 300 },
    );
  });
});
