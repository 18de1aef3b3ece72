import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { ALIVE_EVERY, MAXIMUM_MESSAGE_BYTES } from '../../contract/messages.ts';
import { APP_ORIGIN, pageHeaders } from '../../contract/pageDelivery.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { productRoot } from '../files/productRoot.ts';
import type { WorkspaceFolder } from '../files/workspaceFolder.ts';
import { foreignTo, ownNamesFor, sameToken } from './accessGuard.ts';
import { attendClient, type Access, type AttendedClient } from './attendClient.ts';
import { sendFile, sendStatic } from './staticFiles.ts';

export interface ServerOptions extends Access {
  readonly workspace: WorkspaceFolder;
  /** Address to listen on; the loopback by default. */
  readonly address?: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Milliseconds for the head of a request. */
  readonly headTime?: number;
  /** Folder of the built editor. */
  readonly renderer?: string;
}

export interface EditorServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Milliseconds for the head of a request, and for all of it: the editor's requests have no bodies. */
const HEAD_TIME = 10_000;
const REQUEST_TIME = 30_000;
/** How often requests are looked at for their age, in milliseconds. */
const LOOK_EVERY = 2000;
/** Far more than editors open. */
const MOST_CONNECTIONS = 500;

/**
 * Serves the editor's page, downloads from the workspace, and the contract over a WebSocket. Throws a `HostFailure` when
 * the port is taken or may not be used.
 */
export async function startEditorServer(options: ServerOptions): Promise<EditorServer> {
  const { address = '127.0.0.1', port, headTime = HEAD_TIME } = options;
  const ownNames = ownNamesFor(address);
  const limits = {
    headersTimeout: headTime,
    requestTimeout: REQUEST_TIME,
    connectionsCheckingInterval: Math.min(headTime, LOOK_EVERY),
  };
  const server = createServer(limits, (request, response) => {
    answer(options, ownNames, request, response).catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  const clients = new Set<AttendedClient>();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAXIMUM_MESSAGE_BYTES });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    // A reset while the request is refused is no reason to fall.
    stream.on('error', () => stream.destroy());
    if (foreignTo(ownNames, request) !== undefined || pathOf(request) !== '/host') {
      stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const client = attendClient(socket, stream, options);
      clients.add(client);
      socket.once('close', () => clients.delete(client));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenFailure(error, address, port) ?? error));
    server.listen(port, address, resolve);
  });
  // Tunnels and proxies close connections on which nothing moves, and break without a word.
  const beating = setInterval(() => {
    for (const client of clients) client.beat();
  }, ALIVE_EVERY);
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      clearInterval(beating);
      for (const socket of sockets.clients) socket.terminate();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function answer(
  { renderer = path.join(productRoot, 'dist', 'renderer'), workspace, token }: ServerOptions,
  ownNames: readonly string[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const shared = sharedWith(request);
  const refuse = (status: number, text: string): void => {
    const headers = { ...pageHeaders, ...shared, 'Content-Type': 'text/plain; charset=utf-8' };
    response.writeHead(status, headers).end(`${text}\n`);
  };
  const foreign = foreignTo(ownNames, request);
  if (foreign !== undefined) return refuse(403, `This is not answered. ${foreign}`);
  if (request.method === 'OPTIONS' && shared !== undefined) {
    response.writeHead(204, { ...pageHeaders, ...shared, 'Access-Control-Allow-Headers': 'Authorization' }).end();
    return;
  }
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'Only GET is answered here.');
  const pathname = pathOf(request);
  if (pathname.startsWith('/files/')) {
    const given = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!sameToken(given, token)) return refuse(401, 'The token is wrong or missing.');
    const file = await resolveDownload(workspace, pathname.slice('/files/'.length));
    const sent = file !== undefined && (await sendFile(file, response, { 'Cache-Control': 'no-store', ...shared }));
    return sent ? undefined : refuse(404, 'There is no such file in the workspace.');
  }
  if (!(await sendStatic(renderer, pathname, response))) refuse(404, 'There is nothing at this address.');
}

/** Lets the desktop app's page, which has an origin of its own, read what it asked for. */
function sharedWith({ headers }: IncomingMessage): Readonly<Record<string, string>> | undefined {
  return headers.origin === APP_ORIGIN ? { 'Access-Control-Allow-Origin': APP_ORIGIN, Vary: 'Origin' } : undefined;
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
