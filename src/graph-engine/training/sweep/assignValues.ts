import { produce } from 'immer';
import type { BlockId, Graph, ParameterValue, SkipwireDocument } from '../../document/schema.ts';
import { TrainingSettings } from '../../document/trainingSettings.ts';
import type { SweepProblem } from './sweepProblem.ts';
import { targetNamed, type SweepTarget, type TargetPlace } from './sweepTargets.ts';

/** A value for a place of a document. */
export interface Assignment {
  readonly path: string;
  readonly value: ParameterValue;
}

export type Assigned =
  { readonly ok: true; readonly document: SkipwireDocument } | { readonly ok: false; readonly problem: SweepProblem };

/**
 * A document with other values. A choice with settings of its own, such as the optimizer, is made first: it brings the
 * defaults of what belongs to it.
 */
export function assignValues(document: SkipwireDocument, assignments: readonly Assignment[]): Assigned {
  const wanted: { target: SweepTarget; value: ParameterValue }[] = [];
  for (const { path, value } of assignments) {
    const target = targetNamed(document, path);
    if (target === undefined)
      return refuse('sweep/unknown-path', path, `There is nothing called "${path}" in the document.`);
    wanted.push({ target, value });
  }
  wanted.sort((a, b) => Number(isChoice(b.target)) - Number(isChoice(a.target)));
  // What does not change stays the same object: inference then looks at the rest alone.
  const next = produce(document, (draft) => {
    for (const { target, value } of wanted) place(draft, target.place, value);
  });
  const training = TrainingSettings.safeParse(next.training);
  if (training.success) {
    const same = JSON.stringify(training.data) === JSON.stringify(document.training);
    return { ok: true, document: { ...next, training: same ? document.training : training.data } };
  }
  const [issue] = training.error.issues;
  const wrong = issue?.path.map(String) ?? [];
  const keys = issue?.code === 'unrecognized_keys' ? [...wrong, ...issue.keys] : wrong;
  const at = ['training', ...keys].join('.');
  const kind = choiceAround(next, keys);
  return refuse(
    'sweep/value',
    at,
    issue?.code === 'unrecognized_keys' || issue?.code === 'invalid_union'
      ? `"${at}" means nothing${kind === undefined ? '' : ` while ${kind}`}.`
      : `"${at}" cannot be that: ${issue?.message ?? ''}.`,
  );
}

function isChoice({ values, path }: SweepTarget): boolean {
  return values.kind === 'choice' && path.endsWith('.kind');
}

function choiceAround(document: SkipwireDocument, [setting, , ...deeper]: readonly string[]): string | undefined {
  if (setting === undefined || deeper.length > 0) return undefined;
  const value: unknown = Reflect.get(document.training, setting);
  const kind: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'kind') : undefined;
  return typeof kind === 'string' ? `"training.${setting}.kind" is "${kind}"` : undefined;
}

function refuse(code: SweepProblem['code'], path: string, message: string): Assigned {
  return { ok: false, problem: { code, path, message } };
}

function place(document: SkipwireDocument, where: TargetPlace, value: ParameterValue): void {
  switch (where.in) {
    case 'training':
      placeSetting(document.training, where.keys, value);
      break;
    case 'node': {
      const node = graphOf(document, where.block).nodes[where.node];
      if (node === undefined) throw new Error(`There is no node "${where.node}"`);
      if (!where.own) node.parameters[where.parameter] = value;
      else if (value === true) Reflect.deleteProperty(node, where.parameter);
      else Reflect.set(node, where.parameter, value);
      break;
    }
    case 'block': {
      const declared = document.blocks[where.block]?.parameters.find(({ name }) => name === where.parameter);
      if (declared !== undefined && !Array.isArray(value)) declared.default = value;
      break;
    }
  }
}

function placeSetting(settings: object, [key = '', ...deeper]: readonly string[], value: ParameterValue): void {
  const [next, ...rest] = deeper;
  if (next === undefined) {
    Reflect.set(settings, key, value);
    return;
  }
  const inner: unknown = Reflect.get(settings, key);
  const before = typeof inner === 'object' && inner !== null ? inner : {};
  // Another choice has settings of its own.
  const kept = next === 'kind' && rest.length === 0 && Reflect.get(before, 'kind') !== value ? {} : { ...before };
  placeSetting(kept, deeper, value);
  Reflect.set(settings, key, kept);
}

function graphOf(document: SkipwireDocument, block: BlockId | null): Graph {
  const graph = block === null ? document.graph : document.blocks[block]?.graph;
  if (graph === undefined) throw new Error(`There is no block "${block ?? ''}"`);
  return graph;
}
