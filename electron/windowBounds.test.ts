import { expect, test } from 'vitest';
import { parseWindowState, windowBounds } from './windowBounds.ts';

const screen = { x: 0, y: 0, width: 1920, height: 1080 };

test('the window opens where it was', () => {
  const bounds = { x: 100, y: 50, width: 1200, height: 800 };
  expect(windowBounds(bounds, [screen])).toEqual(bounds);
});

test('a window on a screen that is gone comes back, centred', () => {
  expect(windowBounds({ x: 2500, y: 50, width: 1200, height: 800 }, [screen])).toEqual({ width: 1440, height: 900 });
  expect(windowBounds({ x: 100, y: -700, width: 1200, height: 800 }, [screen])).toEqual({ width: 1440, height: 900 });
});

test('a second screen counts', () => {
  const second = { x: 1920, y: 0, width: 1280, height: 1024 };
  expect(windowBounds({ x: 2500, y: 50, width: 1000, height: 800 }, [screen, second])).toMatchObject({ x: 2500 });
});

test('a small screen gets a small window, a tiny memory a usable one', () => {
  expect(windowBounds(undefined, [{ ...screen, width: 1024, height: 700 }])).toEqual({ width: 1024, height: 700 });
  expect(windowBounds({ x: 0, y: 0, width: 10, height: 10 }, [{ ...screen, x: -100 }])).toMatchObject({
    width: 960,
    height: 600,
  });
});

test('nonsense is forgotten', () => {
  expect(parseWindowState('{')).toBeUndefined();
  expect(parseWindowState('{"bounds":{"x":0}}')).toBeUndefined();
  const state = { bounds: { x: 1, y: 2, width: 3, height: 4 }, maximized: true };
  expect(parseWindowState(JSON.stringify(state))).toEqual(state);
});
