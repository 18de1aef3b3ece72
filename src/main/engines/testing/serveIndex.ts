import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A package index on this machine, as the public one answers. */
export interface ServedIndex {
  readonly url: string;
  /** What was asked for of the file: the first byte of each request. */
  readonly from: readonly number[];
  /** Which files those requests were for. */
  readonly files: readonly string[];
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
  /** Withdrawn by its publisher. */
  readonly yanked?: boolean;
}

/** Serves wheels on the loopback. */
export async function serveIndex(...wheels: readonly ServedWheel[]): Promise<ServedIndex> {
  const from: number[] = [];
  const files: string[] = [];
  const server = createServer(({ url, headers }, response) => {
    const listed = wheels.filter((one) => url === `/simple/${one.package}/`);
    if (listed.some(({ asPage }) => asPage === true)) {
      const links = listed.map(
        ({ name, sha256, yanked }) =>
          `<a href="/files/${name}#sha256=${sha256}"${yanked === true ? ' data-yanked=""' : ''}>${name}</a>`,
      );
      return void response.setHeader('Content-Type', 'text/html').end(links.join('\n'));
    }
    if (listed.length > 0) {
      const found = listed.map(({ name, sha256, bytes, yanked = false }) => ({
        ...{ filename: name, url: `/files/${name}`, hashes: { sha256 }, size: bytes.length, yanked },
      }));
      response.setHeader('Content-Type', 'application/vnd.pypi.simple.v1+json');
      return void response.end(JSON.stringify({ files: found }));
    }
    const wheel = wheels.find(({ name }) => url === `/files/${name}`);
    if (wheel === undefined) return void response.writeHead(404).end();
    files.push(wheel.name);
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
    files,
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
