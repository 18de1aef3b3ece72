import { orderNaturally } from '../../document/naturalOrder.ts';
import type { CheckpointFamily, NameRule } from './checkpointFamilies.ts';
import type { NamedPlace, TensorSizes, WantedWeight } from './matchCheckpoint.ts';

/** How weights are called in a checkpoint of the family. */
export function nameInFamily(
  family: CheckpointFamily,
  wanted: readonly WantedWeight[],
  tensors: TensorSizes,
): (weight: WantedWeight) => NamedPlace | undefined {
  const { blocks, inside, without, outside, inputFirst } = family;
  const ours = distinct(wanted.map(({ node }) => blocks.ours.exec(`${node}.`)?.[0]));
  const theirs = orderNaturally(distinct([...tensors.keys()].map((name) => blocks.theirs.exec(name)?.[0])));
  const nodes = new Set(wanted.map(({ node }) => node));
  return ({ node, parameter }) => {
    const block = blocks.ours.exec(`${node}.`)?.[0];
    if (block === undefined) return place(`${node}.${parameter}`, outside, '', inputFirst);
    const their = theirs[ours.indexOf(block)];
    if (their === undefined) return undefined;
    const rules = without !== undefined && !nodes.has(`${block}.${without.node}`) ? without.inside : inside;
    return place(`${node.slice(block.length + 1)}.${parameter}`, rules, `${their}.`, inputFirst);
  };
}

function place(name: string, rules: readonly NameRule[], before: string, inputFirst: boolean | undefined): NamedPlace {
  const rule = rules.find(({ from }) => from.test(name));
  const tensor = `${before}${rule === undefined ? name : name.replace(rule.from, rule.to)}`;
  return { tensor, part: rule?.part, of: rule?.of, inputFirst };
}

function distinct(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))];
}
