import { z } from 'zod';

/** Frameworks that networks are written for as source. */
export const SourceFramework = z.enum(['pytorch', 'keras']);
export type SourceFramework = z.infer<typeof SourceFramework>;
