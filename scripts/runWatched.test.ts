import { expect, test } from 'vitest';
import { reasonIn, runWatched } from './runWatched.mjs';

const NOTICE =
  'oneDNN custom operations are on. You may see slightly different numerical results due to floating-point round-off errors from different computation orders.';

test.each([
  [
    'an error of Node',
    `${NOTICE}\nfile:///a.mjs:3\n    throw\n    ^\n\nTypeError: no such thing\n    at a.mjs:3:1\n`,
    'TypeError: no such thing',
  ],
  [
    'one with a code',
    `Error [ERR_MODULE_NOT_FOUND]: Cannot find it\n    at x {\n  code: 'ERR_MODULE_NOT_FOUND'\n}`,
    'Error [ERR_MODULE_NOT_FOUND]: Cannot find it',
  ],
  [
    'the last line of a traceback',
    `Traceback (most recent call last):\n  File "a.py", line 1\n    raise ValueError("error: inside")\ntorch.OutOfMemoryError: too much`,
    'torch.OutOfMemoryError: too much',
  ],
  ['a message without a name', `${NOTICE}\nerror: no such network\n`, 'error: no such network'],
  ['notices alone', `${NOTICE}\n0 errors, 3 warnings\n`, undefined],
])('finds the reason in %s', (_, written, reason) => {
  expect(reasonIn(written)).toBe(reason);
});

test('a program that ends without a report says why', async () => {
  const run = (code: string) => runWatched(['--input-type=module', '--eval', code], 8e9);
  const notice = `console.error(${JSON.stringify(NOTICE)});`;
  expect(await run(`${notice} console.log('{"steps": 2}')`)).toMatchObject({ report: { steps: 2 } });
  expect(await run(`${notice} throw new RangeError('too many steps')`)).toMatchObject({
    problem: 'RangeError: too many steps',
  });
  expect(await run(`${notice} process.exit(3)`)).toMatchObject({ problem: 'it ended with 3' });
});
