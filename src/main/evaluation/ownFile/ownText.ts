import { open } from 'node:fs/promises';
import { HostFailure } from '../../files/hostFailure.ts';
import type { OwnFile } from './ownFile.ts';

/** Longer than any prompt is read; of more the end is taken, which is what is written on from. */
const MOST_BYTES = 200_000;

/** The end of a text file. Throws a `HostFailure` when it is none. */
export async function readOwnText(file: OwnFile): Promise<{ readonly text: string; readonly cut: boolean }> {
  const handle = await open(file.absolute, 'r');
  try {
    const { size } = await handle.stat();
    const bytes = Buffer.alloc(Math.min(size, MOST_BYTES));
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, size - bytes.length);
    const cut = size > bytes.length;
    // A cut may go through the middle of a character.
    const from = cut ? firstWhole(bytes) : 0;
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(from, bytesRead));
    if (text.includes('\0')) throw noText(file, 'a zero byte');
    if (text === '') throw noText(file, 'an empty file');
    return { text, cut };
  } catch (error) {
    if (error instanceof TypeError) throw noText(file, 'bytes that are no UTF-8');
    throw error;
  } finally {
    await handle.close();
  }
}

function firstWhole(bytes: Buffer): number {
  let at = 0;
  while (at < 4 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at++;
  return at;
}

function noText({ name }: OwnFile, received: string): HostFailure {
  return new HostFailure({
    code: 'own-file/no-text',
    message: `"${name}" is no text that can be read.`,
    expected: 'text in UTF-8',
    received,
    remedy: 'Save it as plain text in UTF-8.',
  });
}
