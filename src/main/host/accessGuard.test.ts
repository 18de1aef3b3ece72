import type * as Crypto from 'node:crypto';
import { timingSafeEqual } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { createToken, sameToken } from './accessGuard.ts';

vi.mock('node:crypto', async (importOriginal) => {
  const crypto = await importOriginal<typeof Crypto>();
  return { ...crypto, timingSafeEqual: vi.fn(crypto.timingSafeEqual) };
});

test('a token is 192 bits by chance, and no two are one', () => {
  const tokens = Array.from({ length: 100 }, () => createToken());
  expect(tokens.map((token) => Buffer.from(token, 'base64url').length)).toEqual(tokens.map(() => 24));
  expect(new Set(tokens).size).toBe(100);
});

test('a token is compared as a whole, in the same way wherever it differs and however long it is', () => {
  const compared = vi.mocked(timingSafeEqual);
  const token = createToken();
  const another = (letter: string): string => (letter === 'A' ? 'B' : 'A');
  const first = another(token.slice(0, 1)) + token.slice(1);
  const last = token.slice(0, -1) + another(token.slice(-1));
  const given = [token, first, last, '', token.slice(1), `${token}x`, `${token}\0`, 'x'.repeat(10_000), 'ü'.repeat(32)];
  expect(given.map((one) => sameToken(one, token))).toEqual(given.map((one) => one === token));
  expect(compared.mock.calls.map(([one, other]) => [one.byteLength, other.byteLength])).toEqual(
    given.map(() => [32, 32]),
  );
});
