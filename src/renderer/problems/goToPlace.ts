import type { Place } from '../../graph-engine/core/diagnostic.ts';
import type { NodeId } from '../../graph-engine/document/schema.ts';
import { shownScope } from '../store/scope.ts';
import { focusOn, scopeKey, select, setScope, uiStore } from '../store/uiStore.ts';

/** Shows the place of a diagnostic: enters its scope, selects its node and brings it into view. */
export function goToPlace({ path, node }: Place): void {
  const wanted = path.map((id) => ({ node: id as NodeId, instance: 0 }));
  if (scopeKey(uiStore.getState().scopePath) !== scopeKey(wanted)) setScope(wanted);
  const id = node as NodeId | undefined;
  if (id === undefined || shownScope().graph.nodes[id] === undefined) {
    focusOn('all');
    return;
  }
  select([id]);
  focusOn([id]);
}
