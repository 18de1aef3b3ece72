import type { ClientMessage } from '../../contract/messages.ts';

/** One life of a way to the host; when it closes, a new one is opened. */
export interface Link {
  send(message: ClientMessage): void;
  close(): void;
}

/**
 * Why a link closed. `lost`: trying again may help. With the others it is useless: the token is wrong, the host does not take this
 * page for its editor, the host is of another version.
 */
export type ClosingReason = 'lost' | 'refused' | 'foreign' | 'other-version';

export interface LinkEvents {
  /** Requests may be sent from now on. */
  opened(): void;
  /** A message that is not yet parsed. */
  received(data: unknown): void;
  /** Called once. `detail` says more where more is known, in words. */
  closed(reason: ClosingReason, detail?: string): void;
}

export type OpenLink = (events: LinkEvents) => Link;
