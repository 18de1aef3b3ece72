import type { OpenLink } from './link.ts';

/** What the desktop shell's preload script offers the page. */
export interface SkipwireBridge {
  /** Asks for a new port to the engine host; it arrives as a window message `skipwire:port` with this request's number. */
  connect(request: number): void;
  readonly platform: string;
}

declare global {
  interface Window {
    readonly skipwire?: SkipwireBridge;
  }
}

const PORT_MILLISECONDS = 20_000;
let nextRequest = 1;

/** Reaches the host over a MessagePort handed over by the desktop shell. */
export function messagePortLink(bridge: SkipwireBridge): OpenLink {
  return (events) => {
    const request = nextRequest++;
    let port: MessagePort | undefined;
    let over = false;

    function finish() {
      if (over) return;
      over = true;
      clearTimeout(waiting);
      window.removeEventListener('message', receivePort);
      port?.close();
      events.closed('lost');
    }

    function receivePort(event: MessageEvent<unknown>) {
      const received = event.ports[0];
      if (event.source !== window || received === undefined || !isPortFor(event.data, request)) return;
      window.removeEventListener('message', receivePort);
      clearTimeout(waiting);
      port = received;
      port.onmessage = (message: MessageEvent<unknown>) => events.received(message.data);
      // Chromium tells when the process at the other end is gone.
      port.addEventListener('close', finish);
      port.start();
      events.opened();
    }

    const waiting = setTimeout(finish, PORT_MILLISECONDS);
    window.addEventListener('message', receivePort);
    bridge.connect(request);
    return { send: (message) => port?.postMessage(message), close: finish };
  };
}

function isPortFor(data: unknown, request: number): boolean {
  return (
    typeof data === 'object' &&
    data !== null &&
    'kind' in data &&
    data.kind === 'skipwire:port' &&
    'request' in data &&
    data.request === request
  );
}
