import { z } from 'zod';
import { nameOf, nodesOf } from '../../document/graphs.ts';
import {
  BlockId,
  type BlockDefinition,
  type Graph,
  type GraphNode,
  type NodeId,
  type ParameterValue,
  type SkipwireDocument,
} from '../../document/schema.ts';
import { TrainingSettings } from '../../document/trainingSettings.ts';
import { opNamed } from '../../ops/index.ts';
import { kindOfParameter, kindOfSchema, unwrapped, type ValueKind } from './valueKind.ts';

/** Where in a document a value lies. */
export type TargetPlace =
  | { readonly in: 'training'; readonly keys: readonly string[] }
  | {
      readonly in: 'node';
      readonly block: BlockId | null;
      readonly node: NodeId;
      readonly parameter: string;
      /** `repeat` and `enabled` are of the node itself. */
      readonly own: boolean;
    }
  /** The value of a declared parameter where a node gives none. */
  | { readonly in: 'block'; readonly block: BlockId; readonly parameter: string };

/** Something of a document that can be varied. */
export interface SweepTarget {
  /** How it is written, such as `training.optimizer.momentum`, `stage2.filters` or `blocks.basic.conv1.kernel`. */
  readonly path: string;
  readonly place: TargetPlace;
  readonly values: ValueKind;
  /** What it is, in words. */
  readonly summary: string;
  readonly keywords: readonly string[];
  /** What the document says now; undefined where it says nothing. */
  readonly now: ParameterValue | undefined;
  /** The choices of the setting around it under which it exists: the momentum of some optimizers. */
  readonly only?: { readonly path: string; readonly choices: readonly string[] };
}

const known = new WeakMap<SkipwireDocument, readonly SweepTarget[]>();

/** Everything of a document that can be varied: settings, then parameters of nodes, then those inside blocks. */
export function sweepTargets(document: SkipwireDocument): readonly SweepTarget[] {
  const remembered = known.get(document);
  if (remembered !== undefined) return remembered;
  const targets = [
    ...settingTargets(document),
    ...nodesOf(document.graph).flatMap(([id, node]) => nodeTargets(document, null, id, node)),
    ...Object.entries(document.blocks).flatMap(([id, block]) => blockTargets(document, BlockId.parse(id), block)),
  ];
  if (Object.isFrozen(document)) known.set(document, targets);
  return targets;
}

/** Settings that no range makes sense for. */
const FIXED: ReadonlySet<string> = new Set(['reader', 'statisticsEvery', 'checkpointEvery']);

function settingTargets({ training }: SkipwireDocument): SweepTarget[] {
  return Object.entries<z.core.$ZodType>(TrainingSettings.shape)
    .filter(([key]) => !FIXED.has(key))
    .flatMap(([key, schema]) => settingsBelow([key], schema, Reflect.get(training, key)));
}

function settingsBelow(keys: readonly string[], schema: z.core.$ZodType, now: unknown): SweepTarget[] {
  const inner = unwrapped(schema);
  const below = (object: z.ZodObject): SweepTarget[] =>
    Object.entries<z.core.$ZodType>(object.shape).flatMap(([key, one]) =>
      settingsBelow([...keys, key], one, valueAt(now, key)),
    );
  if (inner instanceof z.ZodObject) return below(inner);
  if (inner instanceof z.ZodDiscriminatedUnion) {
    const { discriminator } = inner.def;
    const variants = inner.options.filter((option) => option instanceof z.ZodObject);
    const kinds = variants.map((variant) => literalOf(variant.shape[discriminator]));
    const path = pathOf([...keys, discriminator]);
    const choice: SweepTarget = {
      ...settingTarget([...keys, discriminator], schema, valueAt(now, discriminator)),
      values: { kind: 'choice', choices: kinds },
    };
    const fields = variants.flatMap((variant, index) =>
      below(variant)
        .filter((target) => target.path !== path)
        .map((target) => ({ ...target, only: { path, choices: [kinds[index] ?? ''] } })),
    );
    return [choice, ...merged(fields)];
  }
  return [settingTarget(keys, schema, now)];
}

/** A field that several variants have is one target. */
function merged<Target extends SweepTarget & { only: { path: string; choices: readonly string[] } }>(
  targets: readonly Target[],
): SweepTarget[] {
  const byPath = new Map<string, SweepTarget>();
  for (const target of targets) {
    const before = byPath.get(target.path)?.only?.choices ?? [];
    byPath.set(target.path, {
      ...(byPath.get(target.path) ?? target),
      only: { path: target.only.path, choices: [...before, ...target.only.choices] },
    });
  }
  return [...byPath.values()];
}

const Meta = z.object({ description: z.string().default(''), keywords: z.array(z.string()).default([]) });

function settingTarget(keys: readonly string[], schema: z.core.$ZodType, now: unknown): SweepTarget {
  const meta = Meta.parse({ ...z.globalRegistry.get(unwrapped(schema)), ...z.globalRegistry.get(schema) });
  return {
    path: pathOf(keys),
    place: { in: 'training', keys },
    values: kindOfSchema(schema),
    summary: meta.description,
    keywords: meta.keywords,
    now: asValue(now),
  };
}

function pathOf(keys: readonly string[]): string {
  return ['training', ...keys].join('.');
}

function literalOf(schema: unknown): string {
  return schema instanceof z.ZodLiteral ? String(schema.value) : '';
}

function valueAt(record: unknown, key: string): unknown {
  return typeof record === 'object' && record !== null ? Reflect.get(record, key) : undefined;
}

function asValue(value: unknown): ParameterValue | undefined {
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string' ? value : undefined;
}

/** First words of paths that mean something else than a node of that name. */
const RESERVED: ReadonlySet<string> = new Set(['training', 'blocks', 'graph']);

function nodeTargets(document: SkipwireDocument, block: BlockId | null, id: NodeId, node: GraphNode): SweepTarget[] {
  const named = writtenName(graphAt(document, block), id, node);
  const scope = block === null ? (RESERVED.has(named) ? 'graph.' : '') : `blocks.${block}.`;
  const target = (
    parameter: string,
    values: ValueKind,
    summary: string,
    now: ParameterValue | undefined,
    own = false,
  ): SweepTarget => ({
    path: `${scope}${named}.${parameter}`,
    place: { in: 'node', block, node: id, parameter, own },
    values,
    summary,
    keywords: [],
    now,
  });
  const parameters = parametersOf(document, node).map(({ name, values, summary, standard }) =>
    target(name, values, summary, node.parameters[name] ?? standard),
  );
  const taken = new Set(parameters.map(({ place }) => place.in === 'node' && place.parameter));
  const own = [
    ...('block' in node ? [target('repeat', REPEAT, 'How often the block is chained.', node.repeat ?? 1, true)] : []),
    target('enabled', { kind: 'boolean' }, 'Off, the node passes its first input through.', node.enabled ?? true, true),
  ].filter(({ place }) => place.in === 'node' && !taken.has(place.parameter));
  return [...parameters, ...own];
}

const REPEAT: ValueKind = {
  kind: 'number',
  integer: true,
  minimum: 0,
  maximum: 2000,
  open: { minimum: false, maximum: false },
};

interface NodeParameter {
  readonly name: string;
  readonly values: ValueKind;
  readonly summary: string;
  readonly standard: ParameterValue | undefined;
}

function parametersOf(document: SkipwireDocument, node: GraphNode): readonly NodeParameter[] {
  if ('block' in node) {
    return (document.blocks[node.block]?.parameters ?? []).map((parameter) => ({
      name: parameter.name,
      values: kindOfParameter(parameter),
      summary: parameter.description ?? '',
      standard: parameter.default,
    }));
  }
  const schema = opNamed(node.op)?.parameters;
  if (schema === undefined) return [];
  const defaults = schema.safeParse({});
  return Object.entries<z.core.$ZodType>(schema.shape).map(([name, one]) => ({
    name,
    values: kindOfSchema(one),
    summary: Meta.parse({ ...z.globalRegistry.get(unwrapped(one)), ...z.globalRegistry.get(one) }).description,
    standard: asValue(valueAt(defaults.data, name)),
  }));
}

function blockTargets(document: SkipwireDocument, block: BlockId, definition: BlockDefinition): SweepTarget[] {
  const declared = definition.parameters.map((parameter): SweepTarget => ({
    path: `blocks.${block}.${parameter.name}`,
    place: { in: 'block', block, parameter: parameter.name },
    values: kindOfParameter(parameter),
    summary: `${parameter.description ?? ''} Of every node of this block that gives no value of its own.`.trim(),
    keywords: [],
    now: parameter.default,
  }));
  return [...declared, ...nodesOf(definition.graph).flatMap(([id, node]) => nodeTargets(document, block, id, node))];
}

function graphAt(document: SkipwireDocument, block: BlockId | null): Graph {
  return block === null ? document.graph : (document.blocks[block]?.graph ?? { nodes: {} });
}

/** A node's name, or its id where the name is another's too or would read as a way into something. */
function writtenName(graph: Graph, id: NodeId, node: GraphNode): string {
  const name = nameOf(id, node);
  if (name === id) return id;
  const twice = nodesOf(graph).some(([other, one]) => other !== id && (nameOf(other, one) === name || other === name));
  return twice || /[.+=\s]/.test(name) ? id : name;
}

/** What a path of a document means; a node goes by its name or its id, with or without `graph.` before it. */
export function targetNamed(document: SkipwireDocument, path: string): SweepTarget | undefined {
  const targets = sweepTargets(document);
  const exact = targets.find((target) => target.path === path);
  if (exact !== undefined) return exact;
  const bare = path.startsWith('graph.') ? path.slice('graph.'.length) : path;
  return targets.find(({ path: written, place }) => {
    if (place.in !== 'node') return false;
    const scope = place.block === null ? '' : `blocks.${place.block}.`;
    return bare === `${scope}${place.node}.${place.parameter}` || (path.startsWith('graph.') && written === bare);
  });
}

/** The path that was probably meant. */
export function nearestPath(document: SkipwireDocument, path: string): string | undefined {
  const last = path.split('.').at(-1) ?? path;
  const ranked = sweepTargets(document)
    .map((target) => {
      const own = target.path.split('.').at(-1) ?? '';
      return { path: target.path, distance: 2 * editDistance(own, last) + editDistance(target.path, path) / 8 };
    })
    .toSorted((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= Math.max(4, last.length) ? best.path : undefined;
}

/** Letters that must be put in, taken out or changed (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const change = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
