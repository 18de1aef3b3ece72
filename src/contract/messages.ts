import { z } from 'zod';
import { HostEvent, HostProblem } from './contract.ts';

/** What travels over a WebSocket (as JSON text) or a MessagePort (as a structured clone); parsed on both sides. */
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
export const HostMessage = z.union([ReplyMessage, EventMessage]);
export type RequestMessage = z.infer<typeof RequestMessage>;
export type ReplyMessage = z.infer<typeof ReplyMessage>;
export type HostMessage = z.infer<typeof HostMessage>;
