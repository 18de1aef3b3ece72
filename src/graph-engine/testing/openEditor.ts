import { addNode } from '../document/commands/addNode.ts';
import type { Command } from '../document/commands/command.ts';
import { connect } from '../document/commands/connect.ts';
import { setParameter } from '../document/commands/editNode.ts';
import { commandNamed } from '../document/commands/index.ts';
import { freshNodeId } from '../document/graphs.ts';
import { createHistory, type History } from '../document/history.ts';
import { loadDocument } from '../document/loadDocument.ts';
import { NodeId, type ParameterValue, type SkipwireDocument } from '../document/schema.ts';
import { serializeDocument } from '../document/serializeDocument.ts';
import { inferDocument, type InferredDocument } from '../infer/inferDocument.ts';

/** Drives a document as a person would, for tests that read as stories. It asserts nothing by itself. */
export interface Editor {
  readonly history: History;
  readonly document: SkipwireDocument;
  readonly inferred: InferredDocument;
  readonly text: string;
  /** `place: code` of every diagnostic that is not advice, sorted. */
  readonly diagnostics: readonly string[];
  add(op: string, parameters?: Readonly<Record<string, ParameterValue>>, id?: string): NodeId;
  /** Connects `node` or `node.port` to `node` or `node.port`. */
  wire(from: string, to: string): Editor;
  set(id: string, parameter: string, value: ParameterValue | undefined): Editor;
  dispatch<Arguments>(command: Command<Arguments>, args: Arguments): Editor;
  /** Applies the first fix of the first diagnostic with that code. */
  applyFix(code: string): Editor;
  undo(): Editor;
  redo(): Editor;
}

/** An empty document. */
export function emptyDocument(name = 'Untitled'): SkipwireDocument {
  const loaded = loadDocument(JSON.stringify({ format: 'skipwire/document@1', name, graph: { nodes: {} } }));
  if (!loaded.ok) throw new Error('The empty document is valid');
  return loaded.value;
}

/** Opens a document, or an empty one, in a driver. */
export function openEditor(document: SkipwireDocument = emptyDocument()): Editor {
  const history = createHistory(document);
  const endpoint = (text: string, port: string): { node: NodeId; port: string } => {
    const [node = '', given] = text.split('.');
    return { node: NodeId.parse(node), port: given ?? port };
  };
  const editor: Editor = {
    history,
    get document() {
      return history.document;
    },
    get inferred() {
      return inferDocument(history.document);
    },
    get text() {
      return serializeDocument(history.document);
    },
    get diagnostics() {
      return editor.inferred.diagnostics
        .filter((diagnostic) => diagnostic.severity !== 'advice')
        .map(
          ({ at, code }) =>
            `${[...at.path, at.node ?? ''].join('/')}${at.port === undefined ? '' : `.${at.port}`}: ${code}`,
        )
        .sort();
    },
    add(op, parameters = {}, id) {
      const { graph } = history.document;
      const free = id === undefined ? freshNodeId(graph, op) : NodeId.parse(id);
      const position = { x: Object.keys(graph.nodes).length * 240, y: 0 };
      history.dispatch(addNode, {
        scope: null,
        id: free,
        node: { op, parameters: { ...parameters }, inputs: {}, position },
      });
      return free;
    },
    wire(from, to) {
      history.dispatch(connect, { scope: null, from: endpoint(from, 'output'), to: endpoint(to, 'input') });
      return editor;
    },
    set(id, parameter, value) {
      history.dispatch(setParameter, { scope: null, id: NodeId.parse(id), parameter, value });
      return editor;
    },
    dispatch(command, args) {
      history.dispatch(command, args);
      return editor;
    },
    applyFix(code) {
      const diagnostic = editor.inferred.diagnostics.find((candidate) => candidate.code === code);
      const fix = diagnostic?.fixes?.[0];
      if (fix === undefined) throw new Error(`Nothing offers a fix for ${code}`);
      history.dispatch(commandNamed(fix.command), fix.arguments);
      return editor;
    },
    undo() {
      history.undo();
      return editor;
    },
    redo() {
      history.redo();
      return editor;
    },
  };
  return editor;
}
