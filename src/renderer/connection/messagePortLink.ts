import { z } from 'zod';
import type { OpenLink } from './link.ts';

/** What the desktop shell's preload script offers the page. */
export interface SkipwireBridge {
  /** Asks for a new port to the engine host; it arrives as a window message `skipwire:port` with this request's number. */
  connect(request: number): void;
  readonly platform: string;
  /** Shows in the task bar how far a training is, from 0 to 1; nothing with `null`. Shells before it lack it. */
  showProgress?(share: number | null): void;
  /** Tells something through the desktop. */
  notify?(message: { readonly title: string; readonly body: string }): void;
}

declare global {
  interface Window {
    readonly skipwire?: SkipwireBridge;
  }
}

/** What the shell says to the page; a port does not tell by itself that the process at its other end is gone. */
const ShellMessage = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('skipwire:port'), request: z.int() }),
  z.strictObject({ kind: z.literal('skipwire:closed') }),
]);

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
      window.removeEventListener('message', receive);
      port?.close();
      events.closed('lost');
    }

    function receive(event: MessageEvent<unknown>) {
      if (event.source !== window) return;
      const shell = ShellMessage.safeParse(event.data);
      if (!shell.success) return;
      if (shell.data.kind === 'skipwire:closed') finish();
      else if (shell.data.request === request && event.ports[0] !== undefined) open(event.ports[0]);
    }

    function open(received: MessagePort) {
      clearTimeout(waiting);
      port = received;
      port.onmessage = (message: MessageEvent<unknown>) => events.received(message.data);
      port.start();
      events.opened();
    }

    const waiting = setTimeout(finish, PORT_MILLISECONDS);
    window.addEventListener('message', receive);
    bridge.connect(request);
    return { send: (message) => port?.postMessage(message), close: finish };
  };
}
