import { z } from 'zod';
import { TrainingSettings } from './trainingSettings.ts';

/** The format written by this version; older ones are migrated, newer ones refused by name. */
export const DOCUMENT_FORMAT = 'skipwire/document';
export const BLOCK_FORMAT = 'skipwire/block';
export const FORMAT_VERSION = 1;

/** Keys of records in a document: no prototype keys, no path characters. */
const identifier = z
  .string()
  .max(64)
  .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'must start with a letter and hold only letters, digits, "-" and "_"')
  .refine(
    (text) => !['constructor', 'prototype', 'hasOwnProperty', 'toString', 'valueOf'].includes(text),
    'is a reserved word',
  );

export const NodeId = identifier.brand<'NodeId'>();
export type NodeId = z.infer<typeof NodeId>;
export const BlockId = identifier.brand<'BlockId'>();
export type BlockId = z.infer<typeof BlockId>;

const scalar = z.union([z.number(), z.boolean(), z.string().max(2000)]);
/** What was read from another file and is kept as it was can be long; expressions are short. */
const text = z.string().max(32_000_000);
/** A literal, a short list, or text starting with `=`: an expression over the enclosing block's parameters. */
export const ParameterValue = z.union([z.number(), z.boolean(), text, z.array(scalar).max(16)]);
export type ParameterValue = z.infer<typeof ParameterValue>;

export const Endpoint = z.strictObject({ node: NodeId, port: identifier });
export type Endpoint = z.infer<typeof Endpoint>;

const position = z.strictObject({ x: z.number(), y: z.number() });
const size = z.strictObject({ width: z.number().min(20).max(100_000), height: z.number().min(20).max(100_000) });

/** What feeds an input, and the points its wire is led through on the canvas: how it is drawn, not what the network is. */
export const Wire = z.strictObject({ ...Endpoint.shape, via: z.array(position).min(1).max(16).optional() });
export type Wire = z.infer<typeof Wire>;

const nodeFields = {
  /** Shown on the canvas and used in paths, weight names and exports; unique in its graph. Defaults to the id. */
  name: z.string().min(1).max(64).optional(),
  parameters: z.record(identifier, ParameterValue).default({}),
  /** What feeds each input port; a port takes one wire, so the record is the wiring. */
  inputs: z.record(identifier, Wire).default({}),
  position: position.default({ x: 0, y: 0 }),
  /** False, or an expression that is false, bypasses the node: its first input passes through. */
  enabled: z.union([z.boolean(), z.string().max(500)]).optional(),
  /** True, or an expression that is true, mutes the node: zeros of the shapes it would have come out of it. */
  muted: z.union([z.boolean(), z.string().max(500)]).optional(),
  /** Its weights, or those of all inside a block, stay as they are in training; the statistics of norms too. */
  frozen: z.literal(true).optional(),
  note: z.string().max(2000).optional(),
};

export const OpNode = z.strictObject({ op: identifier, ...nodeFields });
export const BlockNode = z.strictObject({
  block: BlockId,
  /** Chains the block this many times: first output into first input. */
  repeat: z.union([z.int().min(0).max(2000), z.string().max(500)]).optional(),
  ...nodeFields,
});
export const GraphNode = z.union([OpNode, BlockNode]);
export type OpNode = z.infer<typeof OpNode>;
export type BlockNode = z.infer<typeof BlockNode>;
export type GraphNode = z.infer<typeof GraphNode>;

export const MarkColour = z.enum(['grey', 'blue', 'green', 'amber', 'red', 'violet']);
export type MarkColour = z.infer<typeof MarkColour>;

export const MarkId = identifier.brand<'MarkId'>();
export type MarkId = z.infer<typeof MarkId>;

/** A titled area of the canvas. What lies in it belongs to it, so members are not listed. */
export const Frame = z.strictObject({ title: z.string().max(120), colour: MarkColour.default('grey'), position, size });
export type Frame = z.infer<typeof Frame>;

/** Text on the canvas, in Markdown. */
export const Note = z.strictObject({ text: z.string().max(8000), colour: MarkColour.default('amber'), position, size });
export type Note = z.infer<typeof Note>;

export const Graph = z.strictObject({
  nodes: z.record(NodeId, GraphNode),
  frames: z.record(MarkId, Frame).optional(),
  notes: z.record(MarkId, Note).optional(),
});
export type Graph = z.infer<typeof Graph>;

/** A parameter a block declares; its value is set on each node that uses the block. */
export const BlockParameter = z.strictObject({
  name: identifier,
  kind: z.enum(['integer', 'number', 'boolean', 'choice']),
  default: scalar,
  description: z.string().max(500).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  choices: z.array(z.string().max(64)).max(32).optional(),
});
export type BlockParameter = z.infer<typeof BlockParameter>;

export const BlockDefinition = z.strictObject({
  name: z.string().min(1).max(64),
  description: z.string().max(4000).optional(),
  source: z.string().max(500).optional(),
  parameters: z.array(BlockParameter).max(64).default([]),
  graph: Graph,
});
export type BlockDefinition = z.infer<typeof BlockDefinition>;

/** A place to come back to: the block nodes entered, and where the canvas looks there. */
export const Bookmark = z.strictObject({
  name: z.string().min(1).max(120),
  path: z.array(NodeId).max(64),
  centre: position,
  zoom: z.number().gt(0).max(100),
});
export type Bookmark = z.infer<typeof Bookmark>;

export const SkipwireDocument = z.strictObject({
  format: z.literal(`${DOCUMENT_FORMAT}@${FORMAT_VERSION}`),
  name: z.string().min(1).max(120),
  description: z.string().max(8000).optional(),
  source: z.string().max(500).optional(),
  graph: Graph,
  blocks: z.record(BlockId, BlockDefinition).default({}),
  training: TrainingSettings.prefault({}),
  /** A safetensors file in the workspace with the values that weights begin with; those it lacks begin as they are drawn. */
  weights: z.string().min(1).max(1000).optional(),
  bookmarks: z.array(Bookmark).min(1).max(99).optional(),
  /** Keys of advice that the user does not want to see again. */
  dismissedAdvice: z.array(z.string().max(300)).max(1000).optional(),
});
export type SkipwireDocument = z.infer<typeof SkipwireDocument>;

/** A library block on disk: one definition with the blocks it uses. */
export const BlockDocument = z.strictObject({
  format: z.literal(`${BLOCK_FORMAT}@${FORMAT_VERSION}`),
  id: BlockId,
  block: BlockDefinition,
  blocks: z.record(BlockId, BlockDefinition).default({}),
});
export type BlockDocument = z.infer<typeof BlockDocument>;
