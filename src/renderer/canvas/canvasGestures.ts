/** What the mouse and a few fixed keys do on the canvas. */
export interface CanvasGesture {
  readonly keys: string;
  readonly meaning: string;
  /** One of the few to know from the first day on. */
  readonly everyday?: true;
}

/** Everything that is no command with keys to choose. */
export const canvasGestures: readonly CanvasGesture[] = [
  { keys: 'Tab or double click', meaning: 'Add a node here', everyday: true },
  { keys: 'Drag from a port', meaning: 'Draw a wire; let go anywhere to choose what it feeds', everyday: true },
  { keys: 'Drag the end of a wire', meaning: 'Move it to another port' },
  { keys: 'Ctrl + drag from a port', meaning: 'Move all its wires to another port' },
  { keys: 'Alt + press on a wire', meaning: 'Lead it through a point' },
  { keys: 'Ctrl + Shift + drag, node to node', meaning: 'Add the two' },
  { keys: 'Alt + right drag, node to node', meaning: 'Connect them' },
  { keys: 'Ctrl + right drag', meaning: 'Cut the wires that are crossed' },
  { keys: 'Shift + right drag', meaning: 'Put a point on the wires that are crossed' },
  { keys: 'Right press, or the menu key', meaning: 'What can be done there' },
  { keys: 'Alt while letting go of a drag', meaning: 'Leave a copy there' },
  { keys: 'Drag on the canvas', meaning: 'Select; with Shift or Ctrl add to it' },
  { keys: 'Wheel, Ctrl + wheel, middle drag', meaning: 'Move, zoom, move', everyday: true },
  { keys: 'Arrows, with Shift faster', meaning: 'Move what is selected' },
  { keys: 'Ctrl + C, X, V', meaning: 'Copy, cut, paste; Ctrl + Shift + V with the wires from outside' },
  { keys: 'Enter', meaning: 'Select a focused card, look into a selected block; with Shift add to the selection' },
  { keys: 'Esc', meaning: 'Give up a gesture, deselect, leave a block; from a pane back to the canvas' },
];
