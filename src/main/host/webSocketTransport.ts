import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import {
  CLOSE_MALFORMED,
  CLOSE_REFUSED,
  HelloMessage,
  MAXIMUM_MESSAGE_BYTES,
  type HostMessage,
} from '../../contract/messages.ts';
import { pageHeaders } from '../../contract/pageDelivery.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { productRoot, productVersion } from '../files/productRoot.ts';
import type { WorkspaceFolder } from '../files/workspaceFolder.ts';
import { isFromEditor, ownNamesFor, sameToken } from './accessGuard.ts';
import type { Host } from './createHost.ts';
import { serveMessages, type ServedClient } from './serveMessages.ts';
import { sendFile, sendStatic } from './staticFiles.ts';

export interface ServerOptions {
  readonly host: Host;
  readonly workspace: WorkspaceFolder;
  readonly token: string;
  /** Address to listen on; the loopback by default. */
  readonly address?: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Folder of the built editor. */
  readonly renderer?: string;
}

export interface EditorServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Seconds a client has for its greeting. */
const GREETING_TIME = 10;
const PING_EVERY = 30_000;

/**
 * Serves the editor's page, downloads from the workspace, and the contract over a WebSocket. Throws a `HostFailure` when
 * the port is taken or may not be used.
 */
export async function startEditorServer(options: ServerOptions): Promise<EditorServer> {
  const { address = '127.0.0.1', port } = options;
  const ownNames = ownNamesFor(address);
  const server = createServer((request, response) => {
    answer(options, ownNames, request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAXIMUM_MESSAGE_BYTES });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    // A reset while the request is refused is no reason to fall.
    stream.on('error', () => stream.destroy());
    if (!isFromEditor(request, ownNames) || pathOf(request) !== '/host') {
      stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => attend(socket, options));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenFailure(error, address, port) ?? error));
    server.listen(port, address, resolve);
  });
  // Tunnels and proxies close connections on which nothing moves.
  const pinging = setInterval(() => {
    for (const socket of sockets.clients) socket.ping();
  }, PING_EVERY);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      clearInterval(pinging);
      for (const socket of sockets.clients) socket.terminate();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

/** Talks with one client: the greeting first, then requests and events. */
function attend(socket: WebSocket, { host, token }: ServerOptions): void {
  let client: ServedClient | undefined;
  const send = (message: HostMessage): void => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message));
  };
  const impatience = setTimeout(() => socket.close(CLOSE_REFUSED, 'No greeting came.'), GREETING_TIME * 1000);
  socket.on('message', (data: Buffer, isBinary) => {
    const message = isBinary ? undefined : parseJson(data.toString('utf8'));
    if (client !== undefined) {
      if (!client.receive(message)) socket.close(CLOSE_MALFORMED, 'That message is not of the contract.');
      return;
    }
    clearTimeout(impatience);
    const hello = HelloMessage.safeParse(message);
    if (!hello.success || !sameToken(hello.data.token, token)) {
      socket.close(CLOSE_REFUSED, 'The token is wrong.');
      return;
    }
    send({ kind: 'welcome', version: productVersion });
    client = serveMessages(host, { send });
  });
  socket.on('close', () => {
    clearTimeout(impatience);
    client?.close();
  });
  // A broken connection closes as well; nothing more is to be done about it.
  socket.on('error', () => undefined);
}

async function answer(
  { renderer = path.join(productRoot, 'dist', 'renderer'), workspace, token }: ServerOptions,
  ownNames: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refuse = (status: number, text: string): void => {
    response.writeHead(status, { ...pageHeaders, 'Content-Type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
  };
  if (!isFromEditor(request, ownNames)) return refuse(403, 'This address is not for other sites.');
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'Only GET is answered here.');
  const pathname = pathOf(request);
  if (pathname.startsWith('/files/')) {
    const given = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!sameToken(given, token)) return refuse(401, 'The token is wrong or missing.');
    const file = await resolveDownload(workspace, pathname.slice('/files/'.length));
    const sent = file !== undefined && (await sendFile(file, response, { 'Cache-Control': 'no-store' }));
    return sent ? undefined : refuse(404, 'There is no such file in the workspace.');
  }
  if (!(await sendStatic(renderer, pathname, response))) refuse(404, 'There is nothing at this address.');
}

async function resolveDownload(workspace: WorkspaceFolder, encoded: string): Promise<string | undefined> {
  try {
    return await workspace.resolve(decodeURIComponent(encoded));
  } catch (error) {
    if (error instanceof HostFailure || error instanceof URIError) return undefined;
    throw error;
  }
}

function pathOf(request: IncomingMessage): string {
  const [pathname = '/'] = (request.url ?? '/').split('?');
  return pathname;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function listenFailure(error: Error, address: string, port: number): HostFailure | undefined {
  const code = 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new HostFailure({
      code: 'server/port-taken',
      message: `Port ${port} is taken by another program.`,
      remedy: 'Give another one with --port, or none to take any that is free.',
    });
  }
  if (code === 'EACCES') {
    return new HostFailure({
      code: 'server/port-denied',
      message: `Port ${port} may not be used without special rights.`,
      remedy: 'Give a port above 1023 with --port.',
    });
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new HostFailure({
      code: 'server/no-such-address',
      message: `This machine has no address "${address}".`,
      remedy: 'Leave --host out to listen on this machine only.',
    });
  }
  return undefined;
}
