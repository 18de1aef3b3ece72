import { isForeignOp } from '../../ops/foreign/foreignOps.ts';
import { opNamed } from '../../ops/index.ts';
import type { DrawnNode } from './drawnNode.ts';

const LONGEST = 56;
const reserved: ReadonlySet<string> = new Set(['constructor', 'prototype', 'hasOwnProperty', 'toString', 'valueOf']);

/** A name that a document takes: letters, digits, `-` and `_`, beginning with a letter. */
export function legalName(text: string): string {
  const plain = text
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9_]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(-LONGEST)
    .replace(/^[-_]+/, '');
  if (plain === '') return 'node';
  const named = /^[A-Za-z]/.test(plain) ? plain : `n${plain}`;
  return reserved.has(named) ? `${named}-1` : named;
}

/** What a node does, in one short word. */
function wordFor(node: DrawnNode): string {
  if (node.hint !== undefined) return node.hint;
  return isForeignOp(node.op) ? 'operator' : (opNamed(node.op)?.documentation.shortName ?? node.op);
}

/** Each wish once: several alike are counted through: conv1, conv2. */
export function uniqueNames(wishes: readonly string[], taken = new Set<string>()): readonly string[] {
  const counts = new Map<string, number>();
  for (const wish of wishes) counts.set(wish, (counts.get(wish) ?? 0) + 1);
  const next = new Map<string, number>();
  return wishes.map((wish) => {
    let name = wish;
    if ((counts.get(wish) ?? 0) > 1 || taken.has(name)) {
      let number = next.get(wish) ?? 1;
      const join = /\d$/.test(wish) ? '-' : '';
      do name = `${wish}${join}${number++}`;
      while (taken.has(name));
      next.set(wish, number);
    }
    taken.add(name);
    return name;
  });
}

/** The modules that all of some nodes come from; nodes without any do not count. */
export function commonModules(nodes: readonly DrawnNode[]): readonly string[] {
  const paths = nodes.flatMap(({ from }) => (from === undefined || from.modules.length === 0 ? [] : [from.modules]));
  const [first = []] = paths;
  const length = first.findIndex((part, i) => paths.some((path) => path[i] !== part));
  return length < 0 ? first : first.slice(0, length);
}

/** What a node is to be called: after the modules it comes from, without the first ones, else after what it does. */
export function wishFor(node: DrawnNode, within: readonly string[] = []): string {
  const word = wordFor(node);
  const modules = (node.from?.modules ?? []).filter((part) => part !== '');
  const isWithin = within.every((part, i) => modules[i] === part);
  const path = (isWithin ? modules.slice(within.length) : modules).join('-');
  if (path === '') return legalName(word);
  // A module that is one op is called after the module alone, and so is one whose name says it.
  const last = modules.at(-1)?.toLowerCase() ?? '';
  const isTold = Object.keys(node.weights).length > 0 || last.includes(word.toLowerCase());
  return legalName(isTold ? path : `${path}-${word}`);
}
