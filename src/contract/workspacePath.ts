import { z } from 'zod';

/** A path inside the workspace folder, with `/` between parts; never absolute, never with `..`. */
export const WorkspacePath = z
  .string()
  .min(1)
  .max(1000)
  .refine(
    (path) =>
      !path.startsWith('/') &&
      !path.includes('\\') &&
      !/^[A-Za-z]:/.test(path) &&
      path.split('/').every((part) => part !== '..' && part !== '' && part !== '.') &&
      !path.includes('\0'),
    'must stay inside the workspace folder',
  );
