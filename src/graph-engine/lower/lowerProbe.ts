import { ok, type Diagnostic } from '../core/diagnostic.ts';
import type { TargetType } from '../core/objective.ts';
import type { TensorType } from '../core/shape.ts';
import type { SkipwireDocument } from '../document/schema.ts';
import { inferDocument } from '../infer/inferDocument.ts';
import { opNamed } from '../ops/index.ts';
import type { Builder } from '../program/builder.ts';
import { sameDims } from '../program/dims.ts';
import { applyPasses } from '../program/passes/index.ts';
import type { Program, Value, Variable } from '../program/program.ts';
import { lowerEntry, type EntryOutput, type EntryWatcher, type LoweredInput } from './lowerDocument.ts';

/** What is done to a node for one look: its first input passes through, or nothing but zeros come out. */
export type Lesion = 'bypass' | 'mute';

/** A value that can be looked at: at the port of a node, or from inside of one, such as the weights of an attention. */
export interface ProbedValue {
  readonly path: string;
  readonly port: string;
  /** Name of the fetch in `probe`: `[batch, ...axes]`, without the batch for a table. */
  readonly fetch: string;
  readonly type: TensorType;
}

/** An output of the network, and what it would be compared with. */
export interface ProbedOutput {
  readonly path: string;
  readonly ports: readonly string[];
  readonly objective?: { readonly targetFeed: string; readonly target: TargetType };
}

/** A document as a program whose one entry `probe` gives every value there is. */
export interface LoweredProbe {
  readonly program: Program;
  readonly inputs: readonly LoweredInput[];
  readonly outputs: readonly ProbedOutput[];
  /** In the order in which they are computed. */
  readonly values: readonly ProbedValue[];
}

export type LowerProbeResult =
  { readonly ok: true; readonly value: LoweredProbe } | { readonly ok: false; readonly error: readonly Diagnostic[] };

/**
 * Lowers a document for looking at one sample on its way: as for prediction, with a fetch for every value at every path -
 * `stage2[3].add`, the repetition `stage2[3]`, and `stage2` for what leaves the last one. Lesions apply to a path and what
 * comes behind it. The document's errors, and a bypass of something that changes the shape, are returned.
 */
export function lowerProbe(
  document: SkipwireDocument,
  lesions: ReadonlyMap<string, Lesion> = new Map(),
): LowerProbeResult {
  const errors = inferDocument(document).diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return { ok: false, error: errors };
  const variables = new Map<string, Variable>();
  const values: ProbedValue[] = [];
  const open = new Set(lesions.keys());
  const refused: Diagnostic[] = [];
  const watch = (builder: Builder): EntryWatcher => {
    const offer = (path: string, port: string, value: Value, type: TensorType): void => {
      const fetch = `${path}/${port}`;
      builder.output(fetch, value);
      values.push({ path, port, fetch, type });
    };
    return {
      reveal: offer,
      hear(path, at) {
        const lesion = lesions.get(path);
        open.delete(path);
        const after = lesion === undefined ? undefined : hurt(builder, lesion, at.values, at.first);
        if (lesion !== undefined && after === undefined) refused.push(cannotBypass(path));
        for (const [port, value] of Object.entries(after ?? at.values)) {
          const type = at.types[port];
          if (type !== undefined) offer(path, port, value, type);
        }
        return after;
      },
    };
  };
  const lowered = lowerEntry('probe', 'inference', document, variables, watch);
  for (const path of open) refused.push(nothingThere(path));
  if (refused.length > 0) return { ok: false, error: refused };
  return ok({
    program: { variables: [...variables.values()], entries: { probe: applyPasses(lowered.builder.entry()) } },
    inputs: lowered.inputs.map(({ instance, feed, type }) => ({ feed, path: instance.path, type })),
    outputs: lowered.outputs.map(outputOf),
    values,
  });
}

/** The values after a lesion; `undefined` where a bypass would change the shape. */
function hurt(
  builder: Builder,
  lesion: Lesion,
  values: Readonly<Record<string, Value>>,
  first: Value | undefined,
): Record<string, Value> | undefined {
  const changed = Object.entries(values).map(([port, value]): readonly [string, Value | undefined] => {
    if (lesion === 'bypass') {
      const fits = first !== undefined && sameDims(first.dims, value.dims) && first.dtype === value.dtype;
      return [port, fits ? first : undefined];
    }
    return [port, value.dtype === 'float32' ? builder.broadcastTo(builder.scalar(0), value.dims) : undefined];
  });
  const whole = changed.flatMap(([port, value]) => (value === undefined ? [] : [[port, value] as const]));
  return whole.length === changed.length && whole.length > 0 ? Object.fromEntries(whole) : undefined;
}

function outputOf({ instance, values }: EntryOutput): ProbedOutput {
  const { path, inferred } = instance;
  const objective = opNamed(instance.op)?.objective;
  const ports = Object.keys(values);
  if (objective === undefined) return { path, ports };
  const types: Record<string, TensorType> = {};
  for (const [port, type] of Object.entries(inferred.inputs)) if (type !== undefined) types[port] = type;
  const target = objective.target({ parameters: inferred.parameters ?? {}, inputs: types });
  return { path, ports, objective: { targetFeed: `targets/${path}`, target } };
}

function cannotBypass(path: string): Diagnostic {
  return {
    code: 'probe/cannot-bypass',
    severity: 'error',
    at: { path: [] },
    message: `"${path}" changes the shape of its input, so it cannot be passed by. It can be muted: then zeros come out.`,
  };
}

function nothingThere(path: string): Diagnostic {
  return {
    code: 'probe/no-such-node',
    severity: 'error',
    at: { path: [] },
    message: `There is nothing at "${path}" in this network.`,
  };
}
