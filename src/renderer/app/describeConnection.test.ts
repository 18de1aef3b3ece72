import { expect, test } from 'vitest';
import { describeAttempt, describeConnection, describeEngine, isForUserToMend } from './describeConnection.ts';

test('a lost host is calm and says that nothing is lost', () => {
  expect(describeConnection('lost').label).toBe('Reconnecting…');
  expect(describeConnection('lost').detail).toContain('nothing is lost');
});

test('a wrong key says what to do', () => {
  expect(describeConnection('refused').detail).toContain('Open the link that Skipwire printed');
});

test('a lost host is tried again by itself, and the time until then is told', () => {
  expect(isForUserToMend('lost')).toBe(false);
  expect([4200, 0, -3, null].map(describeAttempt)).toEqual([
    'Reconnecting in 5 s',
    'Reconnecting…',
    'Reconnecting…',
    'Reconnecting…',
  ]);
});

test.each(['refused', 'foreign', 'other-version'] as const)(
  '%s is for the user to mend, and nothing is lost',
  (state) => {
    expect(isForUserToMend(state)).toBe(true);
    expect(describeConnection(state).detail).toContain('Your drawing is kept');
  },
);

const tensorflow = {
  id: 'tensorflow',
  title: 'TensorFlow',
  state: 'ready',
  version: '2.21.0',
  device: { name: 'A processor', kind: 'processor' },
  detail: 'oneDNN',
} as const;
const automatic = { engine: 'automatic' } as const;

test('the engine that would train is named, with what it computes on', () => {
  const choice = { wish: automatic, engine: 'tensorflow', reason: 'The fastest.' } as const;
  const webgpu = { id: 'webgpu', title: 'WebGPU', state: 'missing', detail: 'no adapter' } as const;
  expect(describeEngine({ engines: [webgpu, tensorflow], choice }, null)).toEqual({
    label: 'TensorFlow · 2.21.0 · CPU',
    detail: 'The fastest. oneDNN',
  });
});

test('an installation, no engine and no host are told in words', () => {
  const choice = { wish: automatic, engine: null, reason: 'Nothing works.' };
  const list = { engines: [], choice };
  const place = { phase: 2, of: 4 };
  const installing = { kind: 'installing', variant: 'cpu', phase: 'Unpacking', place, done: 50, total: 100 } as const;
  expect(describeEngine(list, installing)).toEqual({ label: 'Installing 37%', detail: 'Unpacking' });
  expect(describeEngine(list, null)).toEqual({ label: 'No engine', detail: 'Nothing works.' });
  expect(describeEngine(undefined, null).label).toBe('');
});
