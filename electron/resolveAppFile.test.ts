import path from 'node:path';
import { expect, test } from 'vitest';
import { resolveAppFile } from './resolveAppFile.ts';

const root = path.resolve('/srv/renderer');

test('pages and assets are found with their types', () => {
  expect(resolveAppFile(root, 'app://skipwire/')).toEqual({
    file: path.join(root, 'index.html'),
    type: 'text/html; charset=utf-8',
  });
  expect(resolveAppFile(root, 'app://skipwire/assets/index-a1.js?v=1#x')?.file).toBe(
    path.join(root, 'assets', 'index-a1.js'),
  );
});

test.each([
  'app://skipwire/../secret.json',
  'app://skipwire/%2e%2e/secret.json',
  'app://skipwire/assets/..%2f..%2fsecret.json',
  'app://skipwire/..%5csecret.json',
  'app://skipwire/%00.html',
  'app://skipwire/%E0%A4%A',
  'app://skipwire/assets',
  'app://skipwire/run.sh',
  'app://elsewhere/index.html',
  'file:///srv/renderer/index.html',
])('%s leads nowhere outside', (address) => {
  const found = resolveAppFile(root, address);
  if (found !== undefined) expect(found.file.startsWith(root + path.sep)).toBe(true);
  else expect(found).toBeUndefined();
});

test('an escape that is decoded twice stays inside', () => {
  expect(resolveAppFile(root, 'app://skipwire/%252e%252e/secret.json')?.file).toBe(
    path.join(root, '%2e%2e', 'secret.json'),
  );
});
