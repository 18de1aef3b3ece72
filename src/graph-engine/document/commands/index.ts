import { addNode } from './addNode.ts';
import { applyValues } from './applyValues.ts';
import { adoptBlocks, insertBlock } from './blocks.ts';
import { moveParameter, renameParameter } from './blockParameters.ts';
import { removeBookmark, renameBookmark, setBookmark } from './bookmarks.ts';
import type { Command } from './command.ts';
import { connect, disconnect, swapInputs } from './connect.ts';
import { dismissAdvice, restoreAdvice } from './dismissAdvice.ts';
import {
  declareParameter,
  describeBlock,
  makeUnique,
  promoteParameter,
  removeBlock,
  removeParameter,
} from './editBlock.ts';
import { beginWithWeights, describeDocument, renameDocument, replaceDocument, setTraining } from './editDocument.ts';
import {
  moveNodes,
  renameNode,
  setEnabled,
  setMuted,
  setFrozen,
  setNote,
  setParameter,
  setParameterOfNodes,
  setParameters,
  setRepeat,
} from './editNode.ts';
import { addFrame, editFrame, removeFrames } from './frames.ts';
import { groupNodes } from './groupNodes.ts';
import { insertOnWire } from './insertOnWire.ts';
import { appendOutput, insertProjection } from './insertProjection.ts';
import { addNote, editNote, removeNotes } from './notes.ts';
import { pasteNodes } from './pasteNodes.ts';
import { removeNodes } from './removeNodes.ts';
import { unpackBlock } from './unpackBlock.ts';
import { setWaypoints } from './waypoints.ts';

const all = [
  addNode,
  removeNodes,
  connect,
  disconnect,
  swapInputs,
  setParameter,
  setParameterOfNodes,
  setParameters,
  renameNode,
  setEnabled,
  setMuted,
  setFrozen,
  setRepeat,
  setNote,
  moveNodes,
  insertBlock,
  adoptBlocks,
  insertOnWire,
  insertProjection,
  appendOutput,
  pasteNodes,
  setTraining,
  renameDocument,
  beginWithWeights,
  describeDocument,
  addFrame,
  editFrame,
  removeFrames,
  addNote,
  editNote,
  removeNotes,
  setWaypoints,
  setBookmark,
  removeBookmark,
  renameBookmark,
  replaceDocument,
  dismissAdvice,
  restoreAdvice,
  groupNodes,
  unpackBlock,
  makeUnique,
  describeBlock,
  declareParameter,
  removeParameter,
  promoteParameter,
  removeBlock,
  renameParameter,
  moveParameter,
  applyValues,
] as const;

const byName = new Map<string, Command<never>>();
for (const command of all) {
  if (byName.has(command.name)) throw new Error(`Two commands are named "${command.name}"`);
  byName.set(command.name, command);
}

/** The names of all commands: what is not listed cannot be dispatched by name, and is not tested by every rule of commands. */
export const commandNames: readonly string[] = all.map(({ name }) => name);

/** The command a fix names; its arguments are the fix's. Throws on an unknown name, which is a bug of the rule that made the fix. */
export function commandNamed(name: string): Command<unknown> {
  const command = byName.get(name);
  if (command === undefined) throw new Error(`There is no command "${name}"`);
  return command;
}
