import { useMemo } from 'react';
import type { Advice } from '../../graph-engine/advice/advice.ts';
import { openAdvice } from '../../graph-engine/advice/adviseDocument.ts';
import { useDocument } from '../store/documentStore.ts';
import { useSettled } from '../ui/useSettled.ts';

/** The advice about the shown document that nobody has dismissed; it follows an edit without holding it up. */
export function useAdvice(): readonly Advice[] {
  const document = useSettled(useDocument((state) => state.document));
  return useMemo(() => openAdvice(document), [document]);
}
