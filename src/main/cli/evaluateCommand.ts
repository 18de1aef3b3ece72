import { InvalidArgumentError, Option, type Command } from 'commander';
import { classificationReport, type ClassificationReport } from '../../graph-engine/evaluation/classificationReport.ts';
import { classWidth, formatRows } from './formatRows.ts';
import { setParts, type ClassifiedSet, type SetPart } from '../evaluation/classifySet.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { createEngineClient } from '../training/engineClient.ts';
import { weightsOfRun } from '../runs/weightsOfRun.ts';
import { openRunOrDocument } from './openDocument.ts';
import { tellingProblems } from './tellProblem.ts';

interface EvaluateOptions {
  readonly part: SetPart;
  readonly weights: 'best' | 'last' | 'initial';
  readonly worst: number;
  readonly json?: boolean;
}

/** Adds `evaluate <run>`. */
export function registerEvaluateCommand(program: Command): void {
  program
    .command('evaluate <source>')
    .description(
      'classify a part of the data: confusion, precision and recall of each class, calibration, worst samples',
    )
    .addOption(new Option('--part <name>', 'which samples').choices(setParts).default('validation'))
    .addOption(
      new Option('--weights <which>', 'of a run: the best, the last or initial ones')
        .choices(['best', 'last', 'initial'])
        .default('best'),
    )
    .option('--worst <n>', 'how many of the worst samples are named', wholeNumber, 5)
    .option('--json', 'one JSON object for each output')
    .action((source: string, options: EvaluateOptions) => tellingProblems(() => evaluate(source, options)));
}

async function evaluate(source: string, { part, weights, worst, json = false }: EvaluateOptions): Promise<void> {
  const { document, runFolder } = await openRunOrDocument(source);
  const engine = createEngineClient();
  try {
    const order = {
      document,
      part,
      weights:
        runFolder === null || weights === 'initial'
          ? { seed: document.training.seed }
          : weightsOfRun(runFolder, weights),
    };
    const answer = await engine.classify(order);
    if (!answer.ok) throw new HostFailure(answer.problem);
    for (const set of answer.value) {
      const report = classificationReport(set.classes.length, set);
      if (json) console.log(JSON.stringify({ output: set.path, part, ...report, worst: worstOf(set, worst) }));
      else console.log(describe(set, report, part, worst));
    }
  } finally {
    await engine.dispose();
  }
}

interface WorstSample {
  readonly sample: number;
  readonly truth: string;
  readonly predicted: string;
  readonly confidence: number;
  /** Negative logarithm of the probability of the truth. */
  readonly loss: number;
}

/** The samples of which the truth was least likely to the network. */
function worstOf(set: ClassifiedSet, count: number): readonly WorstSample[] {
  const nameOf = (index: number): string => set.classes[index] ?? String(index);
  return [...set.samples.keys()]
    .sort((a, b) => (set.likelihood[a] ?? 0) - (set.likelihood[b] ?? 0))
    .slice(0, count)
    .map((index) => ({
      sample: set.samples[index] ?? 0,
      truth: nameOf(set.truth[index] ?? 0),
      predicted: nameOf(set.predicted[index] ?? 0),
      confidence: set.confidence[index] ?? 0,
      loss: -Math.log(Math.max(Number.MIN_VALUE, set.likelihood[index] ?? 0)),
    }));
}

const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(1)} %`);

function describe(set: ClassifiedSet, report: ClassificationReport, part: SetPart, worst: number): string {
  const { classes } = set;
  const figures = [
    ['class', 'precision', 'recall', 'F1', 'samples'],
    ...report.classes.map(({ precision, recall, f1, support }, index) => [
      classes[index] ?? String(index),
      percent(precision),
      percent(recall),
      percent(f1),
      String(support),
    ]),
  ];
  const short = classes.map((name) => name.slice(0, classWidth(classes.length)));
  const confusion = [
    ['truth \\ said', ...short],
    ...report.confusion.map((row, index) => [
      classes[index] ?? '',
      ...row.map((count) => (count === 0 ? '·' : String(count))),
    ]),
  ];
  const worstLines = worstOf(set, worst).map(
    ({ sample, truth, predicted, confidence, loss }) =>
      `  sample ${sample}: ${truth}, taken for ${predicted} (${percent(confidence)}), loss ${loss.toFixed(2)}`,
  );
  return [
    `${set.path}: ${percent(report.accuracy)} of ${report.samples} samples of the ${part} part are right; mean F1 ${percent(report.macroF1)}`,
    `confidence and accuracy differ by ${percent(report.calibrationError)} (expected calibration error)`,
    '',
    formatRows(figures),
    '',
    formatRows(confusion),
    ...(worstLines.length === 0 ? [] : ['', 'worst:', ...worstLines]),
  ].join('\n');
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError('It must be a whole number.');
  return value;
}
