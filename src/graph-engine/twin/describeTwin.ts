import { opNamed } from '../ops/index.ts';
import type { PlainTwin } from './plainTwin.ts';

/** One sentence: how many skips are gone, what went with them, and parameters before and after. */
export function describeTwin({ removed, weighing, begun, parameters }: PlainTwin): string {
  const titles = weighing.map((op) => opNamed(op)?.documentation.title ?? op);
  const also = [
    ...(titles.length === 0 ? [] : [`, with the ${titles.join(' and the ')} of the branches`]),
    ...(begun ? [', and let normalizations that began at 0 begin at 1'] : []),
  ].join('');
  const { before, after } = parameters;
  const counts =
    before === after
      ? `${grouped(after)} parameters as before`
      : `${grouped(after)} parameters, ${grouped(before)} before`;
  return `Removed ${removed === 1 ? 'the skip connection' : `${grouped(removed)} skip connections`}${also}: ${counts}.`;
}

/** What joins values still, a sentence each. */
export function describeLeft({ left }: PlainTwin): readonly string[] {
  return left.map(({ why, count }) => {
    const several = count !== 1;
    const adds = several ? `${grouped(count)} Adds stay` : 'An Add stays';
    switch (why) {
      case 'no-skip':
        return `${adds}: no branch and its skip meet there.`;
      case 'muted':
        return `${adds}, being muted in some places.`;
      case 'either-side':
        return `${adds}: the skip is not on the same side everywhere.`;
      case 'concatenation':
        return `${several ? `${grouped(count)} concatenations stay` : 'A concatenation stays'}: what follows is made for the channels of both sides.`;
    }
  });
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}
