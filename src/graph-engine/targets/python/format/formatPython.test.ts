import { expect, test } from 'vitest';
import golden from './formatPython.golden.json' with { type: 'json' };
import { formatPython } from './formatPython.ts';

test.each(golden)('Black and Ruff lay it out alike: $given', ({ given, formatted }) => {
  expect(formatPython(given)).toBe(formatted);
  expect(formatPython(formatted)).toBe(formatted);
});

test('texts of several lines, comments and what fits stay as they are', () => {
  const source = `"""A text
of (several lines."""

# A comment that is (open.
x = [1, 2]  # and one behind
y = "a (bracket in a text, and a # too"
z = [
    1,  # kept
]
`;
  expect(formatPython(source)).toBe(source);
});

test('what stands on several lines without need is joined, and a tuple of one stays a tuple', () => {
  expect(formatPython('x = f(\n    a,\n    b,\n)')).toBe('x = f(a, b)');
  expect(formatPython('x = (\n    a,\n)')).toBe('x = (a,)');
  expect(formatPython('x = (\n    a if b else c\n)')).toBe('x = a if b else c');
});
