import { expect, test } from 'vitest';
import { tokenInFragment } from './takeToken.ts';

test.each([
  ['#token=abc-DEF_123', 'abc-DEF_123'],
  ['#view=1&token=abc', 'abc'],
  ['', null],
  ['#', null],
  ['#section', null],
])('%j holds %j', (fragment, token) => {
  expect(tokenInFragment(fragment)).toBe(token);
});
