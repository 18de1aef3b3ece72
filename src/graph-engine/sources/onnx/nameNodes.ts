import { isForeignOp } from '../../ops/foreign/foreignOps.ts';
import { opNamed } from '../../ops/index.ts';
import type { DrawnNode } from './mapping/mapping.ts';

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
export function wordFor(node: DrawnNode): string {
  if (node.hint !== undefined) return node.hint;
  return isForeignOp(node.op) ? 'operator' : (opNamed(node.op)?.documentation.shortName ?? node.op);
}

/** A name for each node, each of them once: after the modules it comes from where the file tells, else after what it does. */
export function nameNodes(nodes: readonly DrawnNode[]): ReadonlyMap<DrawnNode, string> {
  const names = new Map<DrawnNode, string>();
  const taken = new Set<string>();
  const wanted = nodes.map((node) => baseName(node));
  const counts = new Map<string, number>();
  for (const name of wanted) counts.set(name, (counts.get(name) ?? 0) + 1);
  const next = new Map<string, number>();
  for (const [i, node] of nodes.entries()) {
    const base = wanted[i] ?? 'node';
    let name = base;
    if ((counts.get(base) ?? 0) > 1 || taken.has(name)) {
      // Several of a kind are counted through: conv1, conv2.
      let number = next.get(base) ?? 1;
      const join = /\d$/.test(base) ? '-' : '';
      do name = `${base}${join}${number++}`;
      while (taken.has(name));
      next.set(base, number);
    }
    taken.add(name);
    names.set(node, name);
  }
  return names;
}

function baseName(node: DrawnNode): string {
  const { from } = node;
  const word = wordFor(node);
  if (from === undefined || from.modules.length === 0) return legalName(word);
  const { modules } = from;
  const path = modules.filter((part) => part !== '').join('-');
  const last = modules.at(-1) ?? '';
  // A module that is one op is called after the module alone.
  return ownsWeights(node) || last === '' ? legalName(path) : legalName(`${path}-${word}`);
}

function ownsWeights({ weights }: DrawnNode): boolean {
  return Object.keys(weights).length > 0;
}
