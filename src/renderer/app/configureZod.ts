import { z } from 'zod';

// The page's content policy forbids code made from strings, and zod would otherwise try it: a violation report per load.
z.config({ jitless: true });
