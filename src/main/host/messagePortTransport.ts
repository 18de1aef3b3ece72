import type { Host } from './createHost.ts';
import { serveMessages } from './serveMessages.ts';

/** What is needed of a port, as Electron's utility process has them: messages come wrapped in an event. */
export interface Port {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  start?(): void;
}

/** Serves the contract over a port that nobody but the editor holds; no token is needed there. */
export function serveMessagePort(host: Host, port: Port): void {
  const client = serveMessages(host, { send: (message) => port.postMessage(message) });
  port.on('message', ({ data }) => {
    if (!client.receive(data)) console.error('A message that is not of the contract was left out.');
  });
  port.on('close', () => client.close());
  port.start?.();
}
