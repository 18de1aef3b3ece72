import type { ExecutorPort } from './executorMessages.ts';

/** What ports of pages, of Node and of Electron have in common, each with listeners of its own kind. */
export interface AnyMessagePort {
  postMessage(message: unknown): void;
  addEventListener(type: 'message' | 'close', listener: (event: object) => void): void;
  start?(): void;
  close(): void;
}

/** A message port as one end of the channel to an executor. */
export function executorPort(port: AnyMessagePort): ExecutorPort {
  return {
    post: (message) => port.postMessage(message),
    listen(listener) {
      port.addEventListener('message', (event) => {
        if ('data' in event) listener(event.data);
      });
      port.start?.();
    },
    onClose(listener) {
      port.addEventListener('close', () => listener('The graphics processor’s process has ended.'));
    },
    close: () => port.close(),
  };
}
