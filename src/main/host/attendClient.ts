import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import {
  CLOSE_MALFORMED,
  CLOSE_REFUSED,
  HelloMessage,
  MAXIMUM_MESSAGE_BYTES,
  PIECE,
  type HostMessage,
} from '../../contract/messages.ts';
import { productVersion } from '../files/productRoot.ts';
import { sameToken } from './accessGuard.ts';
import type { Host } from './createHost.ts';
import type { OpeningKey } from './openingKey.ts';
import { serveMessages, type ServedClient } from './serveMessages.ts';

/** Who may come in, and to what. */
export interface Access {
  readonly host: Host;
  readonly token: string;
  /** Taken in the place of the token, once. */
  readonly openingKey?: OpeningKey | undefined;
}

export interface AttendedClient {
  /** Gives a sign of life and asks for one; ends the connection when none has come for long. */
  beat(): void;
}

/** Milliseconds a client has for its greeting. */
const GREETING_TIME = 10_000;
/** What a client may send before it has shown the token: a greeting, and nothing that fills the memory. */
const GREETING_BYTES = 4096;
/** Signs of life that may fail to come: a browser answers them by itself, also while its page is busy. */
const MOST_MISSED = 6;
/** Bytes that may wait for a client that does not read, beside the largest message; it comes back and reads what it needs. */
const LONGEST_BACKLOG = MAXIMUM_MESSAGE_BYTES + 64 * 1024 * 1024;

/** Talks with one client: the greeting first, then requests and events. `stream` is what lies under the socket. */
export function attendClient(socket: WebSocket, stream: Duplex, { host, token, openingKey }: Access): AttendedClient {
  let client: ServedClient | undefined;
  let missed = 0;
  let before = 0;

  let waiting = 0;

  const send = (message: HostMessage): void => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > LONGEST_BACKLOG) socket.terminate();
    else for (const frame of framesOf(JSON.stringify(message))) socket.send(frame);
  };
  const count = (chunk: Buffer): void => {
    before += chunk.length;
    if (client === undefined && before > GREETING_BYTES) socket.terminate();
  };
  const greet = (message: unknown): void => {
    const hello = HelloMessage.safeParse(message);
    const given = hello.data?.token;
    const opens = given !== undefined && openingKey?.take(given) === true;
    if (given === undefined || !(opens || sameToken(given, token))) {
      socket.close(CLOSE_REFUSED, 'The token is wrong.');
      return;
    }
    stream.off('data', count);
    // A message that takes minutes to come is a sign of life all the time.
    stream.on('data', () => (missed = 0));
    send({ kind: 'welcome', version: productVersion, ...(opens && { token }) });
    client = serveMessages(host, { send });
  };

  stream.on('data', count);
  const impatience = setTimeout(() => socket.close(CLOSE_REFUSED, 'No greeting came.'), GREETING_TIME);
  socket.on('message', (data: Buffer, isBinary) => {
    const message = isBinary ? undefined : parseJson(data.toString('utf8'));
    if (client === undefined) {
      clearTimeout(impatience);
      greet(message);
    } else if (!client.receive(message)) socket.close(CLOSE_MALFORMED, 'That message is not of the contract.');
  });
  socket.on('pong', () => (missed = 0));
  socket.on('close', () => {
    clearTimeout(impatience);
    client?.close();
  });
  // A broken connection closes as well; nothing more is to be done about it.
  socket.on('error', () => undefined);

  return {
    beat() {
      if (client === undefined) return;
      // What waits for a slow way gets less: the question has not come through yet.
      if (socket.bufferedAmount < waiting) missed = 0;
      waiting = socket.bufferedAmount;
      if (missed++ >= MOST_MISSED) return socket.terminate();
      socket.ping();
      send({ kind: 'alive' });
    },
  };
}

/** A message as it goes over the socket: in pieces where it is large. */
function framesOf(text: string): readonly string[] {
  if (text.length <= PIECE) return [text];
  return Array.from({ length: Math.ceil(text.length / PIECE) }, (_, index) => {
    const end = (index + 1) * PIECE;
    return JSON.stringify({ kind: 'part', text: text.slice(index * PIECE, end), last: end >= text.length });
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
