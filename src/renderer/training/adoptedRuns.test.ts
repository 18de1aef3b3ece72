import { expect, test } from 'vitest';
import { parseAdopted, withoutUnsaved, withSavedTo, withUnsavedRun } from './adoptedRuns.ts';

test('a run started before the first save belongs to the file', () => {
  const adopted = withSavedTo(withUnsavedRun({ old: 'old.json' }, 'first'), 'net.json');
  expect(adopted).toEqual({ old: 'old.json', first: 'net.json' });
});

test('a document that was never saved is forgotten with its runs', () => {
  expect(withoutUnsaved(withUnsavedRun({ old: 'old.json' }, 'first'))).toEqual({ old: 'old.json' });
});

test('the oldest are forgotten before the list grows without end', () => {
  let adopted = {};
  for (let run = 0; run < 600; run++) adopted = withUnsavedRun(adopted, `run-${run}`);
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
