import { z } from 'zod';

/** What a page may say about its progress; anything else is taken for nothing. */
export const Progress = z.number().min(0).max(1).nullable();

/** What a page may tell through the desktop. */
export const Notice = z.object({ title: z.string().min(1).max(200), body: z.string().max(1000) });

/** The value that Electron's progress bar takes: below 0 takes it away. */
export function progressBarValue(share: unknown): number {
  const parsed = Progress.safeParse(share);
  return parsed.success && parsed.data !== null ? parsed.data : -1;
}
