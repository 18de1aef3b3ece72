import type { Caller } from '../../contract/contract.ts';
import type { HostMessage } from '../../contract/messages.ts';
import { RequestMessage } from '../../contract/messages.ts';
import type { Host } from './createHost.ts';

/** A way to one client: whatever carries messages of the contract. */
export interface Channel {
  send(message: HostMessage): void;
}

/** Answers the requests of one client and passes it the host's events, until `close`. */
export interface ServedClient {
  /** Handles a message; false when it is not of the contract. */
  receive(message: unknown): boolean;
  close(): void;
}

function callerOf(signal: AbortSignal): Caller {
  return {
    isGone: () => signal.aborted,
    onGone: (listener) => signal.addEventListener('abort', listener, { once: true }),
  };
}

/** Connects a client to the host. Replies come in the order in which the work gets done. */
export function serveMessages(host: Host, channel: Channel): ServedClient {
  const connection = new AbortController();
  const caller = callerOf(connection.signal);
  const stopListening = host.onEvent((event) => channel.send({ kind: 'event', event }));
  return {
    receive(message) {
      const parsed = RequestMessage.safeParse(message);
      if (!parsed.success) return false;
      const { id, call, input } = parsed.data;
      void host.call(call, input, caller).then((answer) => {
        if (caller.isGone()) return;
        try {
          channel.send({ kind: 'reply', id, ...answer });
        } catch (error) {
          // Text has a longest length, and whoever waits for an answer must get one.
          if (!(error instanceof RangeError)) throw error;
          const message = `The answer to "${call}" is too large to be sent.`;
          channel.send({ kind: 'reply', id, ok: false, problem: { code: 'host/answer-too-large', message } });
        }
      });
      return true;
    },
    close() {
      stopListening();
      connection.abort();
    },
  };
}
