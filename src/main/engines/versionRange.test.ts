import { expect, test } from 'vitest';
import { compareVersions, isInRange, knowsRange } from './versionRange.ts';

/** As the library `packaging` of Python, which pip uses, answers `Version(v) in SpecifierSet(range)`. */
test.each([
  ['12.5.3.2', '<13.0,>=12.5.3.2', true],
  ['12.9.1.4', '<13.0,>=12.5.3.2', true],
  ['12.5.3.1', '<13.0,>=12.5.3.2', false],
  ['13.0', '<13.0,>=12.5.3.2', false],
  ['13', '<13.0', false],
  ['12.10', '>12.9', true],
  ['9.10.2.21', '<10.0,>=9.3.0.75', true],
  ['2.27', '==2.27.0', true],
  ['2.27.7.post1', '>2.27.7', false],
  ['2.27.7.post1', '>=2.27.7', true],
  ['2.27.7.post1', '<=2.27.7', false],
  ['2.27.8', '>2.27.7', true],
  ['12.9.0', '!=12.9', false],
  ['1.2', '', true],
  ['13.0rc1', '>=12', false],
])('%s in "%s": %s', (version, range, expected) => {
  expect(isInRange(version, range)).toBe(expected);
});

test('numbers of versions are compared as numbers', () => {
  const versions = ['12.9.1.4', '12.10.0', '12.9', '9.20', '12.9.0.post1'];
  expect(versions.toSorted(compareVersions)).toEqual(['9.20', '12.9', '12.9.0.post1', '12.9.1.4', '12.10.0']);
});

test('what only pip understands is left to it', () => {
  expect(['~=12.5', '==12.*', '===12', '>=1.0rc1', '@ https://example.org'].some(knowsRange)).toBe(false);
  expect(['', '<13.0,>=12.5', '==2.21.0'].every(knowsRange)).toBe(true);
});
