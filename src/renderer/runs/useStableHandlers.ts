import { useLayoutEffect, useMemo, useRef } from 'react';
import type { LineHandlers } from './RunLine.tsx';

/** Handlers that are always the same functions, so that lines are drawn anew only when they change; they do the latest. */
export function useStableHandlers(handlers: LineHandlers): LineHandlers {
  const latest = useRef(handlers);
  useLayoutEffect(() => {
    latest.current = handlers;
  });
  return useMemo(
    () => ({
      onChoose: (row, event) => latest.current.onChoose(row, event),
      onToggle: (row) => latest.current.onToggle(row),
      onMenu: (row, at) => latest.current.onMenu(row, at),
      onEdit: (row, what) => latest.current.onEdit(row, what),
      onTags: (row, tags) => latest.current.onTags(row, tags),
      onNote: (row, note) => latest.current.onNote(row, note),
      onTitle: (row, title) => latest.current.onTitle(row, title),
      onTag: (tag) => latest.current.onTag(tag),
      onFocus: (row) => latest.current.onFocus(row),
      onKeyDown: (row, event) => latest.current.onKeyDown(row, event),
    }),
    [],
  );
}
