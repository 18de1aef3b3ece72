import { expect, test } from 'vitest';
import { describeConnection, describeEngine } from './describeConnection.ts';

test('a lost host is calm and says that nothing is lost', () => {
  expect(describeConnection('lost').label).toBe('Reconnecting…');
  expect(describeConnection('lost').detail).toContain('nothing is lost');
});

test('a wrong key says what to do', () => {
  expect(describeConnection('refused').detail).toContain('Open the link that Skipwire printed');
});

test('the engine that is ready is named before one that is not', () => {
  const engines = [
    { id: 'webgpu', state: 'missing', detail: 'no adapter' },
    { id: 'tensorflow', state: 'ready', version: '2.21.0', device: 'CPU', detail: 'oneDNN' },
  ] as const;
  expect(describeEngine(engines, null)).toEqual({ label: 'TensorFlow · 2.21.0 · CPU', detail: 'oneDNN' });
});

test('other states are told in words', () => {
  const engine = { id: 'tensorflow', detail: 'why' } as const;
  expect(describeEngine([{ ...engine, state: 'installing' }], 0.426).label).toBe('Installing TensorFlow 42%');
  expect(describeEngine([{ ...engine, state: 'broken' }], null).label).toBe('TensorFlow does not work');
  expect(describeEngine([{ ...engine, state: 'missing' }], null).label).toBe('No engine installed');
  expect(describeEngine(undefined, null).label).toBe('');
});
