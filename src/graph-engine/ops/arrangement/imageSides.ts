import { z } from 'zod';

const pixels = (where: string) => z.int().min(0).max(4096).default(0).describe(`Pixels ${where}.`);

/** Four numbers of pixels, one for each side of an image; `verb` says what happens there. */
export const sidesOf = (verb: string) => ({
  top: pixels(`${verb} above`),
  bottom: pixels(`${verb} below`),
  left: pixels(`${verb} on the left`),
  right: pixels(`${verb} on the right`),
});
