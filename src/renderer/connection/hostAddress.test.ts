import { expect, test } from 'vitest';
import { editorVersion, understandOneAnother } from './editorVersion.ts';
import { isLoopback, parseHostAddress } from './hostAddress.ts';

test.each([
  ['http://localhost:4747/#token=abc-D_1', { address: 'http://localhost:4747', key: 'abc-D_1' }],
  ['  http://127.0.0.1:4747/ ', { address: 'http://127.0.0.1:4747' }],
  ['localhost:4747', { address: 'http://localhost:4747' }],
  ['4747', { address: 'http://localhost:4747' }],
  ['http://[::1]:4747/#token=a', { address: 'http://[::1]:4747', key: 'a' }],
  ['https://gpubox/editor', { address: 'https://gpubox' }],
])('%j is understood', (text, value) => expect(parseHostAddress(text)).toEqual({ ok: true, value }));

test.each([
  '',
  '   ',
  'http://',
  'not an address',
  'ssh://gpubox',
  'javascript://x',
  'http://me:secret@localhost:4747',
])('%j is told to be no address', (text) => expect(parseHostAddress(text)).toMatchObject({ ok: false }));

test('only addresses of this machine are where tunnels begin', () => {
  expect(
    ['http://localhost:1', 'http://127.0.0.1:1', 'http://gpubox:1', 'http://localhost.evil.example'].map(isLoopback),
  ).toEqual([true, true, false, false]);
});

test('an editor understands hosts that differ by a patch', () => {
  expect(understandOneAnother(editorVersion, editorVersion)).toBe(true);
  expect(understandOneAnother('0.4.1', '0.4.7')).toBe(true);
  expect(understandOneAnother('0.4.1', '0.5.0')).toBe(false);
  expect(understandOneAnother('1.4.1', '2.4.1')).toBe(false);
});
