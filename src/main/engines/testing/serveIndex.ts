import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

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
  /** A connection is cut after so many bytes; never when left out. */
  readonly cutAfter?: number;
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
    const { cutAfter = wheel.bytes.length } = wheel;
    const part = wheel.bytes.subarray(first, first + cutAfter);
    response.writeHead(first > 0 ? 206 : 200, { 'Content-Length': wheel.bytes.length - first });
    const isWhole = first + part.length === wheel.bytes.length;
    if (isWhole) response.end(part);
    else response.write(part, () => response.socket?.end());
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
