import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createUniqueNames, onnxName } from './uniqueNames.ts';

test.each([
  ['stage2[3].conv1', 'stage2.3.conv1'],
  ['stage2[3].conv1.kernel', 'stage2.3.conv1.kernel'],
  ['pool/flat', 'pool.flat'],
  ['Café 3 × 3', 'Cafe_3_3'],
  ['a..b', 'a.b'],
  ['名前', '_'],
  ['', '_'],
])('the path "%s" becomes "%s"', (path, name) => {
  expect(onnxName(path)).toBe(name);
});

test('names are legal and never given twice, whatever the paths', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.constantFrom('a', 'a_2', 'a 2', 'a_2_2'))), (paths) => {
      const names = createUniqueNames();
      const given = paths.map((path) => names.take(path));
      expect(new Set(given).size).toBe(given.length);
      for (const name of given) expect(name).toMatch(/^[A-Za-z0-9_.-]+$/);
    }),
  );
});

test('paths that look alike stay apart', () => {
  const names = createUniqueNames();
  expect(['a b', 'a_b', 'a.b', 'a/b'].map((path) => names.take(path))).toEqual(['a_b', 'a_b_2', 'a.b', 'a.b_2']);
});
