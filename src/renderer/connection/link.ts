import type { ClientMessage } from '../../contract/messages.ts';

/** One life of a way to the host; when it closes, a new one is opened. */
export interface Link {
  send(message: ClientMessage): void;
  close(): void;
}

export interface LinkEvents {
  /** Requests may be sent from now on. */
  opened(): void;
  /** A message that is not yet parsed. */
  received(data: unknown): void;
  /** Called once. `refused`: the token is wrong, trying again is useless. */
  closed(reason: 'lost' | 'refused'): void;
}

export type OpenLink = (events: LinkEvents) => Link;
