import { useMemo } from 'react';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { formatReceptiveField, receptiveFields } from '../../graph-engine/infer/receptiveField.ts';
import { useDocument } from '../store/documentStore.ts';
import { useShownScope } from '../store/scope.ts';
import { useSettled } from '../ui/useSettled.ts';

/** How much of the network's input one node of the shown graph sees, in words; it follows an edit without holding it up. */
export function useReceptiveField(id: NodeId): string | undefined {
  const document = useSettled(useDocument((state) => state.document));
  const { path } = useShownScope();
  return useMemo(() => {
    const field = receptiveFields(document, path).get(id);
    return field === undefined ? undefined : formatReceptiveField(field);
  }, [document, path, id]);
}
