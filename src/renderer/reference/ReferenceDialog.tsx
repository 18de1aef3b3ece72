import { lazy, Suspense } from 'react';
import { useReference } from './referenceStore.ts';

/** Writing the pages takes a part of the program that drawing does without. */
const OpenReference = lazy(async () => ({ default: (await import('./OpenReference.tsx')).OpenReference }));

/** The reference, while it is open. */
export function ReferenceDialog() {
  const open = useReference((state) => state.open);
  return open ? (
    <Suspense>
      <OpenReference />
    </Suspense>
  ) : null;
}
