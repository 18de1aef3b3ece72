import type { StatisticColumn } from '../statistics/columns.ts';

/** Something that keeps a network from learning one batch by heart, in words; `path` names the node. */
export interface OverfitFinding {
  readonly code: string;
  readonly message: string;
  readonly remedy?: string;
  readonly path?: string;
}

/** What was seen while a network tried to learn one batch by heart. */
export interface OverfitEvidence {
  readonly losses: readonly number[];
  /** The lowest loss that the targets leave possible. */
  readonly floor: number;
  readonly smoothing: number;
  readonly learningRate: number;
  readonly columns: readonly StatisticColumn[];
  /** At the first and at the last step, in the order of the columns. */
  readonly first: ArrayLike<number>;
  readonly last: ArrayLike<number>;
  /** Of mixup or CutMix, if any. */
  readonly mixing: string | undefined;
  /** Nodes that drop values, by path. */
  readonly dropping: readonly string[];
  /** Paths of frozen nodes with weights. */
  readonly frozen: readonly string[];
  /** Weight decay through the gradient. */
  readonly weightDecay: number;
  /** Two samples that are alike but have other targets, by their places in the batch. */
  readonly contradiction: readonly [number, number] | undefined;
  /** Whether the user ended it before its last step. */
  readonly ended: boolean;
}

/** Whether the loss came so near to its floor that the batch counts as learned by heart. */
export function isOverfitted({ losses, floor }: Pick<OverfitEvidence, 'losses' | 'floor'>): boolean {
  const [first = 0] = losses;
  const last = losses.at(-1);
  return last !== undefined && last - floor < Math.max(0.01, 0.01 * (first - floor));
}

/** Why a network did not learn one batch by heart, the likeliest first. */
export function overfitFindings(evidence: OverfitEvidence): readonly OverfitFinding[] {
  const found = [
    ...rateTooHigh(evidence),
    ...withoutGradient(evidence),
    ...deadUnits(evidence),
    ...contradictory(evidence),
    ...settingsInTheWay(evidence),
    ...rateTooLow(evidence),
  ];
  if (found.length > 0) return found;
  return [
    {
      code: 'overfit/unclear',
      message: evidence.ended
        ? 'It was ended before it could be told.'
        : 'The loss still falls, but slowly, or the network is too small for this batch.',
      remedy: 'Give it more units or filters, or another learning rate: the learning-rate finder suggests one.',
    },
  ];
}

/** By path, a figure at the last step and at the first. */
function* figures({ columns, first, last }: OverfitEvidence, figure: StatisticColumn['figure']) {
  for (const [at, column] of columns.entries()) {
    if (column.figure === figure) yield { path: column.path, first: first[at] ?? NaN, last: last[at] ?? NaN };
  }
}

function rateTooHigh({ losses, learningRate }: OverfitEvidence): OverfitFinding[] {
  const [first = 0] = losses;
  const last = losses.at(-1) ?? NaN;
  const at = losses.findIndex((loss) => !Number.isFinite(loss));
  const rises = losses.filter((loss, i) => i > 0 && loss > (losses[i - 1] ?? loss)).length / Math.max(1, losses.length);
  const remedy = `Lower the learning rate: it is ${learningRate}; try ${Number((learningRate / 10).toPrecision(3))}.`;
  if (at !== -1 || last > 2 * first) {
    const message =
      at === -1 ? 'The loss grew instead of falling.' : `The loss was no longer a number after step ${at + 1}.`;
    return [{ code: 'overfit/rate-too-high', message: `${message} The learning rate is too high.`, remedy }];
  }
  if (rises < 0.35 || last < 0.3 * first) return [];
  const message = `The loss went up in ${Math.round(rises * 100)} % of the steps: the learning rate is probably too high.`;
  return [{ code: 'overfit/rate-too-high', message, remedy }];
}

/** A rate at which the loss falls evenly but hardly at all. */
function rateTooLow({ losses, floor, learningRate }: OverfitEvidence): OverfitFinding[] {
  const [first = 0] = losses;
  const last = losses.at(-1) ?? NaN;
  const falls =
    losses.filter((loss, i) => i > 0 && loss <= (losses[i - 1] ?? loss)).length / Math.max(1, losses.length - 1);
  if (falls < 0.7 || last - floor < 0.5 * (first - floor)) return [];
  return [
    {
      code: 'overfit/rate-too-low',
      message: `The loss falls evenly but only from ${first.toPrecision(3)} to ${last.toPrecision(3)} in ${losses.length} steps: the learning rate is too low.`,
      remedy: `Raise the learning rate: it is ${learningRate}; try ${Number((learningRate * 10).toPrecision(3))}.`,
    },
  ];
}

const NAMED = 3;

function withoutGradient(evidence: OverfitEvidence): OverfitFinding[] {
  const cut = [...figures(evidence, 'weightGradient')].filter(({ first, last }) => first === 0 && last === 0);
  return cut.slice(0, NAMED).map(({ path }, at) => ({
    code: 'overfit/no-gradient',
    message: `No gradient reaches "${path}": nothing that it does changes the loss.${at === NAMED - 1 && cut.length > NAMED ? ` The same is true of ${cut.length - NAMED} more.` : ''}`,
    remedy: 'Look for what cuts it off: dead ReLUs behind it, a muted node, or a branch that leads nowhere.',
    path,
  }));
}

function deadUnits(evidence: OverfitEvidence): OverfitFinding[] {
  const dead = [...figures(evidence, 'dead')].filter(({ last }) => last > 0.9);
  return dead.slice(0, NAMED).map(({ path, last }) => ({
    code: 'overfit/dead-units',
    message: `${last === 1 ? 'All' : `${Math.round(last * 100)} % of the`} units of "${path}" are dead: they give zero for every sample, and no gradient passes them.`,
    remedy: 'Lower the learning rate, or use leaky ReLU or GELU there.',
    path,
  }));
}

function contradictory({ contradiction }: OverfitEvidence): OverfitFinding[] {
  if (contradiction === undefined) return [];
  const [one, other] = contradiction;
  return [
    {
      code: 'overfit/contradiction',
      message: `Samples ${one + 1} and ${other + 1} of the batch look the same but have different targets: no network can learn both.`,
      remedy: 'Mend the labels, or check how the data are read.',
    },
  ];
}

function settingsInTheWay(evidence: OverfitEvidence): OverfitFinding[] {
  const { mixing, smoothing, floor, dropping, frozen, weightDecay, losses } = evidence;
  const found: OverfitFinding[] = [];
  if (mixing !== undefined) {
    found.push({
      code: 'overfit/mixing',
      message: `${mixing} makes other samples of the batch at every step, so it cannot be learned by heart.`,
      remedy: 'Take the mixing off for this trial.',
    });
  }
  if (smoothing > 0) {
    found.push({
      code: 'overfit/label-smoothing',
      message: `With label smoothing ${smoothing} the loss cannot fall below ${floor.toPrecision(3)}; it came to ${(losses.at(-1) ?? NaN).toPrecision(3)}.`,
    });
  }
  const [first, ...others] = dropping;
  if (first !== undefined) {
    found.push({
      code: 'overfit/dropout',
      message: `"${first}"${others.length === 0 ? '' : ` and ${others.length} more`} drop values at random, which keeps the loss up while training.`,
      remedy: 'Set the rate to 0 for this trial.',
      path: first,
    });
  }
  if (frozen.length > 0) {
    found.push({
      code: 'overfit/frozen',
      message: `"${frozen[0] ?? ''}"${frozen.length === 1 ? ' is frozen' : ` and ${frozen.length - 1} more nodes with weights are frozen`}: ${frozen.length === 1 ? 'its' : 'their'} weights do not learn.`,
      remedy: 'Let them learn for this trial.',
    });
  }
  if (weightDecay >= 0.01) {
    found.push({
      code: 'overfit/weight-decay',
      message: `Weight decay ${weightDecay} goes through the gradient and pulls against the loss.`,
      remedy: 'Lower it, or use AdamW, whose decay is apart.',
    });
  }
  return found;
}
