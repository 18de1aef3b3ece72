import { parseClassWeights } from '../../../ops/output/outputParameters.ts';
import type { TrainingSettings } from '../../../document/trainingSettings.ts';
import { pythonLiteral, pythonString } from '../../python/pythonCode.ts';
import { snakeCase } from '../../python/pythonNames.ts';
import type { TaughtOutput } from '../../python/training/networkEnds.ts';
import { mixes } from './samplesCode.ts';

/** The function with the loss of an output. */
export function lossName({ path }: TaughtOutput): string {
  return `${snakeCase(path)}_loss`;
}

/** Source of the loss of each output. */
export function lossCode(outputs: readonly TaughtOutput[], training: TrainingSettings): string {
  return outputs
    .map((output) => {
      const lines = lossLines(output, training);
      return [
        `def ${lossName(output)}(target, result):`,
        `    """What ${pythonString(output.path)} learns from."""`,
        ...lines.map((line) => `    ${line}`),
      ].join('\n');
    })
    .join('\n\n\n');
}

function lossLines({ op, trained }: TaughtOutput, training: TrainingSettings): readonly string[] {
  const textOf = (name: string): string => {
    const value = trained[name];
    return typeof value === 'string' ? value : '';
  };
  const numberOf = (name: string): number => Number(trained[name] ?? 0);
  switch (op) {
    case 'classificationOutput': {
      const smoothing = numberOf('labelSmoothing');
      const given = parseClassWeights(textOf('classWeights'));
      const weights =
        given.length > 0
          ? pythonLiteral(given)
          : training.classWeights?.kind === 'balanced'
            ? 'CLASS_WEIGHTS'
            : undefined;
      return [
        'likelihoods = ops.log_softmax(result, axis=-1)',
        ...(mixes(training)
          ? []
          : [
              'target = ops.one_hot(ops.reshape(ops.cast(target, "int32"), (-1,)), result.shape[-1], dtype=result.dtype)',
            ]),
        ...(weights === undefined
          ? smoothing === 0
            ? []
            : [`target = target * ${1 - smoothing} + ${smoothing} / result.shape[-1]`]
          : [
              `weights = ops.convert_to_tensor(${weights}, result.dtype)`,
              'count = ops.sum(target * weights)',
              ...(smoothing === 0 ? [] : [`target = target * ${1 - smoothing} + ${smoothing} / result.shape[-1]`]),
            ]),
        weights === undefined
          ? 'return -ops.mean(ops.sum(target * likelihoods, axis=-1))'
          : 'return -ops.sum(target * weights * likelihoods) / count',
      ];
    }
    case 'binaryOutput': {
      const weight = numberOf('positiveWeight');
      return [
        '# log(1 + e^-|x|) + max(-x, 0) is -log of the probability of yes, without overflow.',
        'minus_log_yes = ops.softplus(-result)',
        `return ops.mean((1 - target) * result + ${weight === 1 ? '' : `(1 + target * ${weight - 1}) * `}minus_log_yes)`,
      ];
    }
    case 'nextTokenOutput':
      return ['return keras.losses.SparseCategoricalCrossentropy(from_logits=True)(target, result)'];
    case 'policyOutput':
      return ['return -ops.mean(ops.sum(target * ops.log_softmax(result, axis=-1), axis=-1))'];
    case 'segmentationOutput': {
      const kind = textOf('loss');
      return [
        mixes(training)
          ? 'meant = ops.cast(target, result.dtype)'
          : 'meant = ops.one_hot(ops.cast(target, "int32"), result.shape[-1], dtype=result.dtype)',
        ...(kind === 'dice' ? [] : ['entropy = -ops.mean(ops.sum(meant * ops.log_softmax(result, axis=-1), axis=-1))']),
        ...(kind === 'cross-entropy'
          ? ['return entropy']
          : [
              '# How little the areas of each class overlap, over all classes (Milletari et al. 2016).',
              'told = ops.softmax(result, axis=-1)',
              'overlaps = 2 * ops.sum(told * meant, axis=(1, 2)) + 1',
              'dice = 1 - ops.mean(overlaps / (ops.sum(told, axis=(1, 2)) + ops.sum(meant, axis=(1, 2)) + 1))',
              kind === 'dice' ? 'return dice' : 'return entropy + dice',
            ]),
      ];
    }
    case 'regressionOutput': {
      const kind = textOf('loss');
      if (kind === 'squared') return ['return ops.mean(ops.square(result - target))'];
      if (kind === 'absolute') return ['return ops.mean(ops.abs(result - target))'];
      const delta = numberOf('delta');
      return [
        `size = ops.abs(result - target)`,
        `inner = ops.minimum(size, ${delta})`,
        `return ops.mean(0.5 * ops.square(inner) + ${delta} * (size - inner))`,
      ];
    }
    default:
      throw new Error(`The loss of "${op}" cannot be written`);
  }
}

/** What the first output is judged by: the metric, its name among the figures, and which way is better. */
export interface Metric {
  readonly source: string;
  readonly name: string;
  readonly better: 'max' | 'min';
}

/** The measure that tells most of an output. */
export function metricOf({ op, target }: TaughtOutput, training: TrainingSettings): Metric {
  switch (op) {
    case 'nextTokenOutput':
      return metric('SparseCategoricalAccuracy', 'token_accuracy');
    case 'regressionOutput':
      return { ...metric('MeanAbsoluteError', 'mean_absolute_error'), better: 'min' };
    case 'segmentationOutput':
      return metric(
        'MeanIoU',
        'mean_iou',
        `${target.choices ?? 0}, ${mixes(training) ? 'sparse_y_true=False, ' : ''}sparse_y_pred=False, `,
      );
    case 'binaryOutput':
      return metric('BinaryAccuracy', 'accuracy', 'threshold=0.0, ');
    case 'policyOutput':
      return metric('CategoricalAccuracy', 'accuracy');
    default:
      return metric(mixes(training) ? 'CategoricalAccuracy' : 'SparseCategoricalAccuracy', 'accuracy');
  }
}

function metric(className: string, name: string, options = ''): Metric {
  return { source: `keras.metrics.${className}(${options}name="${name}")`, name, better: 'max' };
}
