/** Sizes of node cards in canvas units. They are declared to React Flow, so that nothing is measured before it is drawn. */
export const NODE_WIDTH = 160;
export const NODE_HEIGHT = 60;
export const PORT_SIZE = 10;
export const GRID = 10;
/** Distance from a node to the next one behind it, and to the next one below it. */
export const COLUMN = 220;
export const ROW = 110;

const PORT_DISTANCE = 24;

/** Height of a card: enough for the ports of its fuller side. */
export function nodeHeight(inputs: number, outputs: number): number {
  return Math.max(NODE_HEIGHT, Math.max(inputs, outputs) * PORT_DISTANCE);
}

/** Vertical centre of a port: ports share the side evenly, so a lone one sits in the middle. */
export function portY(index: number, count: number, height: number): number {
  return ((index + 0.5) * height) / Math.max(1, count);
}
