import type { ExecutorPort } from './executorMessages.ts';

/** What an engine's process and the host say to each other about the hidden page, beside all else. */
export type PageMessage =
  | { readonly kind: 'page/open' | 'page/close' }
  | { readonly kind: 'page/message'; readonly message: unknown }
  | { readonly kind: 'page/gone'; readonly reason: string };

/** Tells those messages from the others of the same channel. */
export function isPageMessage(message: unknown): message is PageMessage {
  const kind = typeof message === 'object' && message !== null && 'kind' in message ? message.kind : undefined;
  return typeof kind === 'string' && kind.startsWith('page/');
}

/** The channel of a process to the one that started it. */
export interface ParentChannel {
  send?(message: unknown): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  on(event: 'disconnect', listener: () => void): unknown;
}

/** This end of a port to the hidden page, which the host opens and to which it relays. */
export function openProcessPort(parent: ParentChannel = process): ExecutorPort {
  let gone: string | undefined;
  let onGone: ((reason: string) => void) | undefined;
  const lose = (reason: string): void => {
    if (gone !== undefined) return;
    gone = reason;
    onGone?.(reason);
  };
  const send = (message: PageMessage): void => void parent.send?.(message);
  parent.on('message', (message) => {
    if (isPageMessage(message) && message.kind === 'page/gone') lose(message.reason);
  });
  parent.on('disconnect', () => lose('Skipwire has let go of the engine’s process.'));
  if (parent.send === undefined) gone = 'Nobody is there who could open the page for the graphics processor.';
  send({ kind: 'page/open' });
  return {
    post: (message) => send({ kind: 'page/message', message }),
    listen(listener) {
      parent.on('message', (message) => {
        if (isPageMessage(message) && message.kind === 'page/message') listener(message.message);
      });
    },
    onClose(listener) {
      onGone = listener;
      if (gone !== undefined) listener(gone);
    },
    close: () => send({ kind: 'page/close' }),
  };
}
