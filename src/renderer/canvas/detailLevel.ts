import { createContext, useContext } from 'react';

/** How much of nodes and wires can be read at the current zoom. */
export type Detail = 'full' | 'compact' | 'far';

export const DetailContext = createContext<Detail>('full');

/** Below these zooms labels get short, then text goes away. */
export function detailAt(zoom: number): Detail {
  return zoom < 0.3 ? 'far' : zoom < 0.6 ? 'compact' : 'full';
}

/** The level of detail in a node or wire. */
export function useDetail(): Detail {
  return useContext(DetailContext);
}
