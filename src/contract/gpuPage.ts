import { z } from 'zod';

/** What the engine host asks the desktop shell for: a hidden page of its own for each engine on the graphics processor. */
export const GpuPageRequest = z.object({ kind: z.enum(['gpu/open', 'gpu/close']), page: z.int() });
export type GpuPageRequest = z.infer<typeof GpuPageRequest>;

/** What the shell tells of such a page. `gpu/port` brings the port to it along; nothing follows `gpu/gone`. */
export const GpuPageNews = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('gpu/port'), page: z.int() }),
  z.object({ kind: z.literal('gpu/gone'), page: z.int(), reason: z.string() }),
]);
export type GpuPageNews = z.infer<typeof GpuPageNews>;
