import { expect, test } from 'vitest';
import { contentPolicy, desktopContentPolicy } from './pageDelivery.ts';

const directives = new Map(
  contentPolicy.split('; ').map((directive) => {
    const [name = '', ...values] = directive.split(' ');
    return [name, values.join(' ')];
  }),
);

test('everything that is not named is forbidden', () => expect(directives.get('default-src')).toBe("'none'"));

test('scripts come from the app alone, never from text', () => {
  expect(directives.get('script-src')).toBe("'self'");
  expect(contentPolicy).not.toContain('unsafe-eval');
});

test.each(['base-uri', 'form-action', 'frame-src', 'frame-ancestors', 'object-src'])('%s is closed', (name) => {
  expect(directives.get(name)).toBe("'none'");
});

test('no address of the network is allowed', () => expect(contentPolicy).not.toMatch(/https?:|wss?:|\*/));

test('the desktop app may reach hosts at the near end of a tunnel, and is as strict in all else', () => {
  const connections = /connect-src [^;]*/;
  expect(connections.exec(desktopContentPolicy)?.[0]).toBe(
    "connect-src 'self' http://127.0.0.1:* http://localhost:* ws://127.0.0.1:* ws://localhost:*",
  );
  expect(desktopContentPolicy.replace(connections, '')).toBe(contentPolicy.replace(connections, ''));
});
