import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { halvingRungs } from './halvingRungs.ts';
import { nextAttempts, type Attempt } from './nextAttempts.ts';
import { plannedEpochs } from './plannedEpochs.ts';
import { latestOfTrials, ranked } from './rankTrials.ts';
import { SweepPlan, type SweepStrategy } from './sweepPlan.ts';

describe('rounds of halving', () => {
  const rounds = (trials: number, minimum: number, maximum: number, eta: number) =>
    halvingRungs({ trials, minimum, maximum, eta }).map((rung) => [rung.trials, rung.epochs]);

  test('are those of the table of Li et al. 2018 for a budget of 81 and a factor of 3', () => {
    expect(rounds(81, 1, 81, 3)).toEqual([
      [81, 1],
      [27, 3],
      [9, 9],
      [3, 27],
      [1, 81],
    ]);
    expect(rounds(34, 3, 81, 3)).toEqual([
      [34, 3],
      [11, 9],
      [3, 27],
      [1, 81],
    ]);
    expect(rounds(15, 9, 81, 3)).toEqual([
      [15, 9],
      [5, 27],
      [1, 81],
    ]);
    expect(rounds(8, 27, 81, 3)).toEqual([
      [8, 27],
      [2, 81],
    ]);
    expect(rounds(5, 81, 81, 3)).toEqual([[5, 81]]);
  });

  test('halve, as Jamieson and Talwalkar have it', () => {
    expect(rounds(16, 1, 16, 2)).toEqual([
      [16, 1],
      [8, 2],
      [4, 4],
      [2, 8],
      [1, 16],
    ]);
    expect(rounds(6, 2, 8, 2)).toEqual([
      [6, 2],
      [3, 4],
      [1, 8],
    ]);
  });

  test('always end at the maximum, with fewer trials and more epochs each time', () => {
    fc.assert(
      fc.property(
        fc.record({
          trials: fc.integer({ min: 1, max: 300 }),
          minimum: fc.integer({ min: 1, max: 20 }),
          more: fc.nat(200),
          eta: fc.integer({ min: 2, max: 5 }),
        }),
        ({ more, ...order }) => {
          const maximum = order.minimum + more;
          const rungs = halvingRungs({ ...order, maximum });
          expect(rungs[0]?.trials).toBe(order.trials);
          expect(rungs.at(-1)?.epochs).toBe(maximum);
          for (const [i, { trials, epochs }] of rungs.entries()) {
            expect(trials).toBeGreaterThanOrEqual(1);
            expect(epochs).toBeGreaterThanOrEqual(order.minimum);
            const before = rungs[i - 1];
            if (before === undefined) continue;
            expect(epochs).toBeGreaterThan(before.epochs);
            expect(trials).toBeLessThan(before.trials + 1);
          }
        },
      ),
    );
  });
});

function planOf(strategy: SweepStrategy, more: object = {}): SweepPlan {
  return SweepPlan.parse({
    axes: [{ paths: ['a'], range: { kind: 'values', values: [1, 2, 3, 4, 5] } }],
    strategy,
    ...more,
  });
}

/** Runs a sweep to its end with a made-up training; the value of a trial in a round is what `valueOf` says. */
function finish(
  plan: SweepPlan,
  valueOf: (trial: number, rung: number) => number | undefined,
  from: readonly Attempt[] = [],
  stopAfter = Number.POSITIVE_INFINITY,
): { attempts: readonly Attempt[]; reason: string } {
  const attempts = [...from];
  for (;;) {
    const next = nextAttempts(plan, attempts);
    if (next.kind === 'over') return { attempts, reason: next.reason };
    for (const { trial, rung } of next.attempts) {
      if (attempts.length >= stopAfter) return { attempts, reason: 'killed' };
      attempts.push({ trial, rung, outcome: { status: 'under-way' } });
    }
    const at = attempts.findIndex(({ outcome }) => outcome.status === 'under-way');
    const [done] = attempts.slice(at);
    if (done === undefined) throw new Error('Nothing is under way, and nothing begins');
    const value = valueOf(done.trial, done.rung);
    attempts[at] = {
      ...done,
      outcome: value === undefined ? { status: 'failed' } : { status: 'done', value },
      seconds: 10,
    };
  }
}

const halving: SweepStrategy = { kind: 'halving', trials: 9, seed: 1, eta: 3, minimum: 1, maximum: 9 };

test('halving trains the best of each round on, and failures take no place', () => {
  const { attempts, reason } = finish(planOf(halving), (trial, rung) =>
    trial === 0 ? undefined : Math.abs(trial - 4) / (rung + 1),
  );
  expect(reason).toBe('all-done');
  const inRung = (rung: number) => attempts.filter((one) => one.rung === rung).map(({ trial }) => trial);
  expect([inRung(0), inRung(1), inRung(2)]).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8], [4, 3, 5], [4]]);
  expect(latestOfTrials(attempts).map(({ trial, rung }) => [trial, rung])).toContainEqual([4, 2]);
});

test('where all of a round fail, nothing goes on', () => {
  expect(finish(planOf(halving), () => undefined)).toMatchObject({ reason: 'all-done', attempts: { length: 9 } });
});

test('a sweep that was killed at any moment goes on with the same attempts', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<SweepStrategy>({ kind: 'grid' }, { kind: 'random', trials: 7, seed: 3 }, halving),
      fc.integer({ min: 1, max: 4 }),
      fc.nat(12),
      fc.array(fc.option(fc.integer({ min: 1 }), { nil: undefined }), { minLength: 9, maxLength: 9 }),
      (strategy, concurrency, killedAfter, values) => {
        const plan = planOf(strategy, { concurrency });
        const valueOf = (trial: number, rung: number): number | undefined => {
          const value = values[trial];
          return value === undefined ? undefined : value / (rung + 1);
        };
        const whole = finish(plan, valueOf);
        const before = finish(plan, valueOf, [], killedAfter).attempts;
        expect(finish(plan, valueOf, JSON.parse(JSON.stringify(before)) as Attempt[])).toEqual(whole);
      },
    ),
  );
});

test('never more are under way than wanted', () => {
  const plan = planOf({ kind: 'random', trials: 10, seed: 1 }, { concurrency: 3 });
  const underWay: Attempt = { trial: 0, rung: 0, outcome: { status: 'under-way' } };
  const next = nextAttempts(plan, [underWay]);
  expect(next.kind === 'begin' && next.attempts.map(({ trial }) => trial)).toEqual([1, 2]);
});

test('a goal that is reached, patience and time end a sweep early', () => {
  const values = [5, 4, 6, 7, 3, 2, 1, 0, 9, 9];
  const end = (stop: object, better: 'lower' | 'higher' = 'lower') => {
    const plan = planOf({ kind: 'random', trials: 10, seed: 1 }, { stop, goal: { better } });
    const { attempts, reason } = finish(plan, (trial) => values[trial]);
    return [attempts.length, reason];
  };
  expect(end({})).toEqual([10, 'all-done']);
  expect(end({ target: 3 })).toEqual([5, 'target']);
  expect(end({ target: 7 }, 'higher')).toEqual([4, 'target']);
  expect(end({ patience: 2 })).toEqual([4, 'patience']);
  expect(end({ minutes: 0.5 })).toEqual([3, 'minutes']);
});

test('trials are ranked by the goal, of two alike the earlier first', () => {
  const done = (trial: number, value: number): Attempt => ({ trial, rung: 0, outcome: { status: 'done', value } });
  const some: Attempt[] = [
    done(0, 2),
    { trial: 1, rung: 0, outcome: { status: 'failed' } },
    done(3, 1),
    done(2, 1),
    { trial: 4, rung: 0, outcome: { status: 'under-way' } },
  ];
  expect(ranked(some, { better: 'lower' }).map(({ trial }) => trial)).toEqual([2, 3, 0]);
  expect(ranked(some, { better: 'higher' }).map(({ trial }) => trial)).toEqual([0, 2, 3]);
});

test('the epochs of a plan are those its trials train, without those that rounds of halving share', () => {
  expect(plannedEpochs(planOf({ kind: 'grid' }), 10)).toBe(50);
  // 9 trials for an epoch, 3 of them for two more, one for six more.
  expect(plannedEpochs(planOf(halving), 10)).toBe(9 + 6 + 6);
  const axes = [{ paths: ['training.epochs'], range: { kind: 'values' as const, values: [1, 2, 4] } }];
  expect(plannedEpochs({ axes, strategy: { kind: 'grid' } }, 10)).toBe(7);
});
