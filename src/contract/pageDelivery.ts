/** The origin of the editor's page in the desktop app: a scheme that no web site can have. */
export const APP_ORIGIN = 'app://skipwire';

/** The origin of the desktop's hidden page that computes on the graphics processor; the editor's page cannot reach into it. */
export const GPU_ORIGIN = 'app://graphics';
/** Names the message that brings that page its port. */
export const GPU_PORT_MESSAGE = 'skipwire:gpu-port';

/** Where ways to hosts on other machines begin: on this one, as tunnels do. */
const LOOPBACK = ['http://127.0.0.1:*', 'http://localhost:*', 'ws://127.0.0.1:*', 'ws://localhost:*'];

/**
 * What the editor's page may load, whoever delivers it: scripts only from where it came from, no plug-ins, no frames around it
 * or in it, no connection to anywhere but `connections`. Inline styles stay allowed: interface libraries set positions and hide
 * scroll bars with them, and no user text ever becomes a style.
 */
const policyWith = (connections: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src ${["'self'", ...connections].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    "object-src 'none'",
  ].join('; ');

/** The policy of a page that a server delivers: it talks with that server. */
export const contentPolicy = policyWith([]);

/** The policy of the desktop app's page, which may also talk with a host at the other end of a tunnel. */
export const desktopContentPolicy = policyWith(LOOPBACK);

/** Headers of every answer of the server. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentPolicy,
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Headers of every answer by the desktop's own scheme. */
export const desktopPageHeaders: Readonly<Record<string, string>> = {
  ...pageHeaders,
  'Content-Security-Policy': desktopContentPolicy,
};

/** Content types of what the page is made of, by file extension. */
export const pageTypes: Readonly<Partial<Record<string, string>>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};
