import type { Fix } from '../core/diagnostic.ts';
import type { Finding } from './advice.ts';

/** More than this of one kind in one graph are told as one. */
const MOST = 3;

interface NodeFix {
  readonly scope: unknown;
  readonly id?: string;
  readonly ids?: readonly string[];
  readonly parameter?: string;
  readonly value?: unknown;
}

/** The fixes of all findings as one, where they do the same to one node each; nothing where they do not. */
function mergedFix(fixes: readonly (Fix | undefined)[]): Fix | undefined {
  const [first] = fixes;
  if (first === undefined) return undefined;
  const all = fixes.map((fix) => ({ command: fix?.command, ...(fix?.arguments as NodeFix) }));
  const [pattern] = all;
  const alike = all.every(
    ({ command, scope, parameter, value }) =>
      command === first.command &&
      scope === pattern?.scope &&
      parameter === pattern?.parameter &&
      value === pattern?.value,
  );
  if (!alike || pattern === undefined) return undefined;
  const ids = all.flatMap(({ id, ids: several }) => several ?? (id === undefined ? [] : [id]));
  const { scope, parameter, value } = pattern;
  if (first.command === 'removeNodes')
    return { label: `Take all ${ids.length} away`, command: 'removeNodes', arguments: { scope, ids, heal: true } };
  if (first.command === 'setParameter') {
    const label = `Set ${String(parameter)} to ${String(value)} in all ${ids.length}`;
    return { label, command: 'setParameterOfNodes', arguments: { scope, ids, parameter, value } };
  }
  return undefined;
}

/** A graph that does something a hundred times is told so once. */
export function groupFindings(findings: readonly Finding[]): readonly (Finding & { readonly isGroup: boolean })[] {
  const [first] = findings;
  if (first === undefined || findings.length <= MOST) return findings.map((one) => ({ ...one, isGroup: false }));
  const fix = mergedFix(findings.map(({ fixes }) => fixes?.[0]));
  return [
    {
      node: first.node,
      message: `${first.message} So it is in ${findings.length - 1} more places of this graph.`,
      ...(fix === undefined ? {} : { fixes: [fix] }),
      isGroup: true,
    },
  ];
}
