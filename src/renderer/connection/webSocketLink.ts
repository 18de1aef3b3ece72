import { CLOSE_REFUSED, WelcomeMessage } from '../../contract/messages.ts';
import type { OpenLink } from './link.ts';

const HANDSHAKE_MILLISECONDS = 10_000;

/** Reaches the host over a WebSocket: greets with the token of the moment, and is open once the host says welcome. */
export function webSocketLink(url: string, readToken: () => string): OpenLink {
  return (events) => {
    const socket = new WebSocket(url);
    let welcomed = false;
    let over = false;

    function finish(reason: 'lost' | 'refused') {
      if (over) return;
      over = true;
      clearTimeout(handshake);
      socket.close();
      events.closed(reason);
    }

    // A port that accepts and never answers is as good as none.
    const handshake = setTimeout(() => finish('lost'), HANDSHAKE_MILLISECONDS);
    socket.onopen = () => socket.send(JSON.stringify({ kind: 'hello', token: readToken() }));
    socket.onclose = (event) => finish(event.code === CLOSE_REFUSED ? 'refused' : 'lost');
    socket.onmessage = (event: MessageEvent<unknown>) => {
      const data = typeof event.data === 'string' ? parseJson(event.data) : undefined;
      if (welcomed) {
        events.received(data);
      } else if (WelcomeMessage.safeParse(data).success) {
        welcomed = true;
        clearTimeout(handshake);
        events.opened();
      }
    };
    return {
      send: (message) => socket.send(JSON.stringify(message)),
      close: () => finish('lost'),
    };
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
