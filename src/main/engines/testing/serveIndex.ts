import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A package index on this machine, as the public one answers. */
export interface ServedIndex {
  readonly url: string;
  /** What was asked for of the file: the first byte of each request. */
  readonly from: readonly number[];
  close(): Promise<void>;
}

export interface ServedWheel {
  readonly package: string;
  readonly name: string;
  readonly bytes: Buffer;
  readonly sha256: string;
  /**
   * A connection is cut after so many bytes, once they are in that file: what still waits within a client is lost with its
   * connection. Never when left out.
   */
  readonly cut?: { readonly after: number; readonly file: string };
  /** Answers with links in a page, as older indexes do. */
  readonly asPage?: boolean;
}

/** Serves one wheel on the loopback. */
export async function serveIndex(wheel: ServedWheel): Promise<ServedIndex> {
  const from: number[] = [];
  const server = createServer(({ url, headers }, response) => {
    if (url === `/simple/${wheel.package}/`) {
      if (wheel.asPage === true) {
        const href = `/files/${wheel.name}#sha256=${wheel.sha256}`;
        response.setHeader('Content-Type', 'text/html').end(`<a href="${href}">${wheel.name}</a>`);
        return;
      }
      const file = { filename: wheel.name, url: `/files/${wheel.name}`, hashes: { sha256: wheel.sha256 } };
      response.setHeader('Content-Type', 'application/vnd.pypi.simple.v1+json');
      response.end(JSON.stringify({ files: [{ ...file, size: wheel.bytes.length }] }));
      return;
    }
    if (url !== `/files/${wheel.name}`) return void response.writeHead(404).end();
    const first = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    from.push(first);
    const { cut } = wheel;
    const part = wheel.bytes.subarray(first, cut === undefined ? undefined : first + cut.after);
    response.writeHead(first > 0 ? 206 : 200, { 'Content-Length': wheel.bytes.length - first });
    const sent = first + part.length;
    if (cut === undefined || sent === wheel.bytes.length) return void response.end(part);
    response.write(part);
    void holds(cut.file, sent).then(() => response.socket?.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/simple/`,
    from,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function holds(file: string, bytes: number): Promise<void> {
  while (((await stat(file).catch(() => undefined))?.size ?? 0) < bytes) await sleep(5);
}
