import { parseClassWeights } from '../../../ops/output/outputParameters.ts';
import type { TrainingSettings } from '../../../document/trainingSettings.ts';
import { pythonLiteral, pythonString } from '../../python/pythonCode.ts';
import type { TaughtOutput } from '../../python/training/networkEnds.ts';

/** Source of the losses and of the measure of each output. */
export function lossCode(outputs: readonly TaughtOutput[], { classWeights }: TrainingSettings): string {
  const balanced = classWeights?.kind === 'balanced';
  const parts: string[] = [];
  if (outputs.some(({ op, parameters }) => op === 'segmentationOutput' && parameters['loss'] !== 'cross-entropy')) {
    parts.push(dice);
  }
  const body = (training: boolean): string =>
    outputs
      .map((output) => `${shareOf(output)}${lossOf(output, training, balanced)}`)
      .join(' + ')
      .replace(/^/, '    return ');
  const trained = body(true);
  const measured = body(false);
  const isSame = trained === measured;
  parts.push(
    [
      `def loss_of(results, targets${isSame ? '' : ', training=True'}${balanced ? ', class_weights=None' : ''}):`,
      `    """The loss of a batch${isSame ? '' : '; smoothing and class weights are for training only'}."""`,
      ...(isSame ? [] : ['    if not training:', `    ${measured}`]),
      trained,
    ].join('\n'),
  );
  parts.push(measureCode(outputs));
  if (balanced) parts.push(balancing);
  return parts.join('\n\n\n');
}

const dice = `def dice_loss(logits, target):
    """How little the areas of each class overlap, over all classes (Milletari et al. 2016)."""
    probabilities = logits.softmax(1).flatten(2)
    meant = F.one_hot(target, logits.shape[1]).movedim(-1, 1).flatten(2)
    shares = (2 * (probabilities * meant).sum(2) + 1) / (probabilities.sum(2) + meant.sum(2) + 1)
    return 1 - shares.mean()`;

const balancing = `def balanced_weights(labels, classes):
    """Weights by which every class counts alike however rare it is: samples / (classes × count)."""
    counts = numpy.bincount(labels, minlength=classes)
    return torch.tensor(numpy.where(counts == 0, 1, len(labels) / (classes * numpy.maximum(counts, 1))), dtype=torch.float32)`;

function shareOf({ parameters }: TaughtOutput): string {
  const weight = parameters['lossWeight'];
  return typeof weight === 'number' && weight !== 1 ? `${weight} * ` : '';
}

/** The loss of one output: an expression of `results` and `targets`. */
function lossOf(output: TaughtOutput, training: boolean, balanced: boolean): string {
  const { op, path } = output;
  const parameters = training ? output.trained : output.parameters;
  const result = `results[${pythonString(path)}]`;
  const target = `targets[${pythonString(path)}]`;
  const textOf = (name: string): string => {
    const value = parameters[name];
    return typeof value === 'string' ? value : '';
  };
  const numberOf = (name: string): number => Number(parameters[name] ?? 0);
  switch (op) {
    case 'classificationOutput': {
      const weights = parseClassWeights(textOf('classWeights'));
      const smoothing = numberOf('labelSmoothing');
      const weight =
        weights.length > 0
          ? `, weight=torch.tensor(${pythonLiteral(weights)}, dtype=${result}.dtype, device=${target}.device)`
          : training && balanced
            ? ', weight=class_weights'
            : '';
      return `F.cross_entropy(${result}, ${target}${weight}${smoothing === 0 ? '' : `, label_smoothing=${smoothing}`})`;
    }
    case 'binaryOutput': {
      const weight = numberOf('positiveWeight');
      const positive =
        weight === 1 ? '' : `, pos_weight=torch.tensor(${weight}, dtype=${result}.dtype, device=${target}.device)`;
      return `F.binary_cross_entropy_with_logits(${result}, ${target}${positive})`;
    }
    case 'nextTokenOutput':
      return `F.cross_entropy(${result}.flatten(0, 1), ${target}.flatten())`;
    case 'policyOutput':
      return `F.cross_entropy(${result}, ${target})`;
    case 'segmentationOutput': {
      const entropy = `F.cross_entropy(${result}, ${target})`;
      const overlap = `dice_loss(${result}, ${target})`;
      const kind = textOf('loss');
      return kind === 'cross-entropy' ? entropy : kind === 'dice' ? overlap : `(${entropy} + ${overlap})`;
    }
    case 'regressionOutput': {
      const kind = textOf('loss');
      if (kind === 'squared') return `F.mse_loss(${result}, ${target})`;
      if (kind === 'absolute') return `F.l1_loss(${result}, ${target})`;
      return `F.huber_loss(${result}, ${target}, delta=${numberOf('delta')})`;
    }
    default:
      throw new Error(`The loss of "${op}" cannot be written`);
  }
}

/** What the first output is judged by. */
export interface MeasureWords {
  readonly title: string;
  readonly better: 'higher' | 'lower';
}

/** The measure that tells most of the first output. */
export function measureWords({ op }: TaughtOutput): MeasureWords {
  switch (op) {
    case 'nextTokenOutput':
      return { title: 'perplexity', better: 'lower' };
    case 'regressionOutput':
      return { title: 'mean absolute error', better: 'lower' };
    case 'segmentationOutput':
      return { title: 'mean IoU', better: 'higher' };
    default:
      return { title: 'accuracy', better: 'higher' };
  }
}

/** How many sums there are. */
export function measureSums({ op, target }: TaughtOutput): number {
  return op === 'segmentationOutput' ? 2 * (target.choices ?? 0) : 2;
}

/** `measure_sums` adds up over batches and processes; `measure_of` makes a figure of the sums. */
function measureCode(outputs: readonly TaughtOutput[]): string {
  const [first] = outputs;
  if (first === undefined) throw new Error('A network without an output that learns is not trained');
  const { op, path } = first;
  const lines = measureLines(op);
  return `def measure_sums(results, targets):
    """Sums over the batch from which the ${measureWords(first).title} of "${path.replaceAll('"', "'")}" is made."""
    result, target = results[${pythonString(path)}], targets[${pythonString(path)}]
${lines.sums.map((line) => `    ${line}`).join('\n')}


def measure_of(sums):
    """The ${measureWords(first).title}."""
    ${lines.finish}`;
}

function measureLines(op: string): { readonly sums: readonly string[]; readonly finish: string } {
  const share = 'return (sums[0] / sums[1]).item()';
  const counted = (hits: string): readonly string[] => [
    `hits = ${hits}`,
    'return torch.stack((hits.sum().float(), torch.tensor(float(hits.numel()), device=hits.device)))',
  ];
  switch (op) {
    case 'binaryOutput':
      return { sums: counted('(result > 0) == (target > 0.5)'), finish: share };
    case 'nextTokenOutput':
      return {
        sums: [
          'loss = F.cross_entropy(result.flatten(0, 1), target.flatten(), reduction="sum")',
          'return torch.stack((loss.float(), torch.tensor(float(target.numel()), device=loss.device)))',
        ],
        finish: 'return math.exp((sums[0] / sums[1]).item())',
      };
    case 'policyOutput':
      return {
        sums: counted('target.gather(1, result.argmax(1, keepdim=True))[:, 0] >= target.amax(1)'),
        finish: share,
      };
    case 'regressionOutput':
      return { sums: counted('(result - target).abs()'), finish: share };
    case 'segmentationOutput':
      return {
        sums: [
          'told = F.one_hot(result.argmax(1), result.shape[1]).flatten(0, -2).bool()',
          'meant = F.one_hot(target, result.shape[1]).flatten(0, -2).bool()',
          'return torch.cat(((told & meant).sum(0), (told | meant).sum(0))).float()',
        ],
        finish: 'both, either = sums.chunk(2)\n    return (both[either > 0] / either[either > 0]).mean().item()',
      };
    default:
      return { sums: counted('result.argmax(1) == target'), finish: share };
  }
}
