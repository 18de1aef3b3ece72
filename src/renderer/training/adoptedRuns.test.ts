import { expect, test } from 'vitest';
import { parseAdopted, withoutClosed, withSavedTo, withUnsavedRun } from './adoptedRuns.ts';

test('a run started before the first save belongs to the file', () => {
  const adopted = withSavedTo(withUnsavedRun({ old: 'old.json' }, 'first', 'a'), 'a', 'net.json');
  expect(adopted).toEqual({ old: 'old.json', first: 'net.json' });
});

test('of two documents without a file each keeps its own runs', () => {
  const both = withUnsavedRun(withUnsavedRun({}, 'first', 'a'), 'second', 'b');
  expect(withSavedTo(both, 'b', 'net.json')).toEqual({ first: ':a', second: 'net.json' });
});

test('a document that was never saved is forgotten with its runs when it is closed', () => {
  const adopted = withUnsavedRun(withUnsavedRun({ old: 'old.json' }, 'first', 'a'), 'second', 'b');
  expect(withoutClosed(adopted, ['b'])).toEqual({ old: 'old.json', second: ':b' });
});

test('the oldest are forgotten before the list grows without end', () => {
  let adopted = {};
  for (let run = 0; run < 600; run++) adopted = withUnsavedRun(adopted, `run-${run}`, 'a');
  expect(Object.keys(adopted)).toHaveLength(500);
  expect(adopted).not.toHaveProperty('run-99');
  expect(adopted).toHaveProperty('run-599');
});

test('nonsense is nothing', () => {
  expect(parseAdopted('{')).toEqual({});
  expect(parseAdopted('[1]')).toEqual({});
  expect(parseAdopted(null)).toEqual({});
  expect(parseAdopted('{"a":"net.json"}')).toEqual({ a: 'net.json' });
});
