import { z } from 'zod';

const momentum = z
  .number()
  .min(0)
  .lt(1)
  .default(0.9)
  .describe('Share of the last step kept in the next; more smooths and speeds, too much overshoots.');
const beta1 = z.number().min(0).lt(1).default(0.9).describe('Memory of the mean of the gradients.');
const beta2 = z.number().min(0).lt(1).default(0.999).describe('Memory of the mean of their squares.');
const epsilon = z
  .number()
  .gt(0)
  .max(1)
  .default(1e-8)
  .describe('Keeps the division finite; raise it only if training is unstable.');

function weightDecay(standard: number, reason: string) {
  return z.number().min(0).max(1).default(standard).describe(reason);
}

const decoupled = 'Share of every weight removed per step, times the rate; what is spared is a setting of its own.';
const coupled = 'Pull of the weights towards zero, through the gradient; what is spared is a setting of its own.';

/** The rule that turns gradients into steps; all follow PyTorch's definitions. */
export const OptimizerSettings = z.discriminatedUnion('kind', [
  z
    .strictObject({ kind: z.literal('sgd'), weightDecay: weightDecay(0, coupled) })
    .describe('Plain steps against the gradient: the least memory, the most patience.'),
  z
    .strictObject({ kind: z.literal('momentum'), momentum, weightDecay: weightDecay(0, coupled) })
    .describe('Steps with inertia: what residual networks on images were tuned with.'),
  z
    .strictObject({ kind: z.literal('nesterov'), momentum, weightDecay: weightDecay(0, coupled) })
    .describe('Momentum that looks one step ahead: often a little faster than plain momentum.'),
  z
    .strictObject({ kind: z.literal('adam'), beta1, beta2, epsilon, weightDecay: weightDecay(0, coupled) })
    .describe('A step size of its own for every weight: the safe first choice.'),
  z
    .strictObject({
      kind: z.literal('adamw'),
      beta1,
      beta2,
      epsilon,
      weightDecay: weightDecay(0.01, decoupled),
    })
    .describe('Adam with decay apart from the gradient: the usual choice for attention and modern networks.'),
  z
    .strictObject({
      kind: z.literal('rmsprop'),
      smoothing: z.number().min(0).lt(1).default(0.99).describe('Memory of the mean of the squared gradients.'),
      momentum: momentum.default(0),
      epsilon,
      weightDecay: weightDecay(0, coupled),
    })
    .describe('Gradients divided by their running size: recurrent networks and MobileNets were tuned with it.'),
  z
    .strictObject({
      kind: z.literal('lamb'),
      beta1,
      beta2,
      epsilon: epsilon.default(1e-6),
      weightDecay: weightDecay(0.01, decoupled),
    })
    .describe('AdamW with a step as long as each layer can bear: for batches of thousands (You et al. 2020).'),
  z
    .strictObject({
      kind: z.literal('lion'),
      beta1,
      beta2: beta2.default(0.99),
      weightDecay: weightDecay(0.1, decoupled),
    })
    .describe(
      'Only the sign of the gradient counts: half the memory of Adam; wants a tenth of its rate (Chen et al. 2023).',
    ),
]);
export type OptimizerSettings = z.infer<typeof OptimizerSettings>;
export type OptimizerKind = OptimizerSettings['kind'];
