/**
 * Where in a document something is wrong. `path` names the enclosing block nodes from the root, outermost first;
 * `node` is a node id in that scope.
 */
export interface Place {
  readonly path: readonly string[];
  readonly node?: string;
  readonly port?: string;
  readonly parameter?: string;
}

export type Severity = 'error' | 'warning' | 'advice';

/** A command that would mend a diagnostic; `command` names a document command and `arguments` is its argument. */
export interface Fix {
  readonly label: string;
  readonly command: string;
  readonly arguments: unknown;
}

/** A user's mistake as a value: what is wrong, where, what was expected, what came, and how to mend it. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: Severity;
  readonly at: Place;
  readonly message: string;
  readonly expected?: string;
  readonly received?: string;
  readonly fixes?: readonly Fix[];
}

export type Result<T, E = Problem> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E };

/** A diagnostic as an op reports it: the inference walk adds the place of the node. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly port?: string;
  readonly parameter?: string;
  readonly expected?: string;
  readonly received?: string;
  /** The sizes that would have fitted, for fixes that are derived from the whole graph. */
  readonly hint?: { readonly kind: string; readonly [key: string]: unknown };
}

/** Wraps a success. */
export function ok<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

/** Wraps a user's mistake. */
export function fail(problem: Problem): { readonly ok: false; readonly error: Problem } {
  return { ok: false, error: problem };
}

/** Closes a switch over a union; reaching it at run time is a bug. */
export function assertNever(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
