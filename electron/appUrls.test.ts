import { expect, test } from 'vitest';
import { APP_START, GPU_PAGE_START, isAppUrl, isGpuUrl, isSafeExternal } from './appUrls.ts';

test.each([APP_START, 'app://skipwire/assets/index.js', 'app://skipwire/?x#y'])('%j is the editor', (address) => {
  expect(isAppUrl(address)).toBe(true);
});

test.each([
  'https://example.org/',
  'app://other/index.html',
  'app://skipwire.example.org/index.html',
  'app://user@skipwire/index.html',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'not an address',
  '',
])('%j is not', (address) => expect(isAppUrl(address)).toBe(false));

test('the page for the graphics processor is not the editor, nor the editor that page', () => {
  expect([isGpuUrl(GPU_PAGE_START), isAppUrl(GPU_PAGE_START), isGpuUrl(APP_START)]).toEqual([true, false, false]);
});

test('only web links leave the app', () => {
  expect(isSafeExternal('https://arxiv.org/abs/1512.03385')).toBe(true);
  for (const address of ['http://example.org', 'file:///bin/sh', 'smb://host/share', 'https://a:b@example.org', 'x']) {
    expect(isSafeExternal(address), address).toBe(false);
  }
});
