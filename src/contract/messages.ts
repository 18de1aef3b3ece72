import { z } from 'zod';
import { HostEvent, HostProblem } from './contract.ts';

/**
 * What travels over a WebSocket (as JSON text) or a MessagePort (as a structured clone); parsed on both sides.
 *
 * Over a WebSocket the client's first message is `hello` with the token; the host answers `welcome`, or closes with
 * `CLOSE_REFUSED`. From then on it gives a sign of life now and then. Over a MessagePort, which nobody else can reach, requests may be sent at once.
 */
export const HelloMessage = z.strictObject({ kind: z.literal('hello'), token: z.string().max(200) });
export const WelcomeMessage = z.strictObject({
  kind: z.literal('welcome'),
  version: z.string(),
  /** The token to greet with from now on, where the one of the greeting was good for once only. */
  token: z.string().max(200).optional(),
});
/** The host is there, and so is the way to it. Comes every `ALIVE_EVERY` milliseconds over a WebSocket. */
export const AliveMessage = z.strictObject({ kind: z.literal('alive') });
/** A piece of a large message: every piece that comes is a sign of life, where the whole would take minutes. */
export const PartMessage = z.strictObject({ kind: z.literal('part'), text: z.string(), last: z.boolean() });
export const RequestMessage = z.strictObject({
  kind: z.literal('request'),
  id: z.int(),
  call: z.string().max(100),
  input: z.unknown(),
});
export const ReplyMessage = z.discriminatedUnion('ok', [
  z.strictObject({ kind: z.literal('reply'), id: z.int(), ok: z.literal(true), value: z.unknown() }),
  z.strictObject({ kind: z.literal('reply'), id: z.int(), ok: z.literal(false), problem: HostProblem }),
]);
export const EventMessage = z.strictObject({ kind: z.literal('event'), event: HostEvent });
export const ClientMessage = z.discriminatedUnion('kind', [HelloMessage, RequestMessage]);
export const HostMessage = z.union([ReplyMessage, EventMessage, WelcomeMessage, AliveMessage]);
/** Letters of a message that go in one piece over a WebSocket. */
export const PIECE = 256 * 1024;
export type HelloMessage = z.infer<typeof HelloMessage>;
export type WelcomeMessage = z.infer<typeof WelcomeMessage>;
export type PartMessage = z.infer<typeof PartMessage>;
export type RequestMessage = z.infer<typeof RequestMessage>;
export type ReplyMessage = z.infer<typeof ReplyMessage>;
export type ClientMessage = z.infer<typeof ClientMessage>;
export type HostMessage = z.infer<typeof HostMessage>;

/** WebSocket close code: the token is wrong or missing; connecting again with the same one is useless. */
export const CLOSE_REFUSED = 4401;
/** WebSocket close code: a message that is not of the contract. */
export const CLOSE_MALFORMED = 4400;
/** Milliseconds between two signs of life. A tunnel that broke tells neither side; silence does. */
export const ALIVE_EVERY = 10_000;
/** Milliseconds of silence after which a host counts as lost: long, for a busy host may have no time for a sign. */
export const SILENCE_IS_LOSS = 60_000;
/** Largest message either side accepts, in bytes. */
export const MAXIMUM_MESSAGE_BYTES = 128 * 1024 * 1024;
