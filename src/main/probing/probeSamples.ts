import type { SampleView } from '../../contract/samples.ts';
import type { SkipwireDocument } from '../../graph-engine/document/schema.ts';
import type { LoweredProbe } from '../../graph-engine/lower/lowerProbe.ts';
import { matchData } from '../../graph-engine/training/matchData.ts';
import type { TensorData } from '../executors/compiledProgram.ts';
import { HostFailure } from '../files/hostFailure.ts';
import { prepareData } from '../training/prepareData.ts';
import { choiceNames, labelOfSample, sampleOf, viewSample, type SampleEnd } from './sampleViews.ts';

/** The samples of a document's data set, as its network takes them. */
export interface ProbeSamples {
  readonly data: string;
  readonly count: number;
  readonly choices: Readonly<Record<string, string[]>>;
  readonly notices: readonly string[];
  /** What one sample feeds the inputs with. Throws a `HostFailure` for a number that there is not. */
  feeds(sample: number): Readonly<Record<string, TensorData>>;
  /** Those from `from` on that fit the search: words of the label, a number, or a list of numbers. */
  list(
    from: number,
    count: number,
    search: string | readonly number[],
  ): { readonly samples: readonly SampleView[]; readonly total: number };
}

/** Opens the data of a document for a network. Throws a `HostFailure` where they do not fit. */
export async function openSamples(document: SkipwireDocument, probe: LoweredProbe): Promise<ProbeSamples> {
  const settings = document.training;
  const prepared = await prepareData(probe, settings);
  const { description } = prepared;
  const match = matchData(description, {
    inputs: probe.inputs,
    outputs: probe.outputs.flatMap(({ path, objective }) =>
      objective === undefined ? [] : [{ path, target: objective.target }],
    ),
  });
  if (!match.ok) throw new HostFailure(match.error);
  const columns = new Map(prepared.columns.map((column) => [column.feed, column]));
  const inputs = probe.inputs.flatMap(({ path, feed, type }): SampleEnd[] => {
    const [column, data] = [columns.get(feed), match.value.inputs.get(path)];
    return column === undefined || data === undefined ? [] : [{ column, type, data }];
  });
  const targets = probe.outputs.flatMap(({ path, objective }): SampleEnd[] => {
    const [column, data] = [columns.get(objective?.targetFeed ?? ''), match.value.targets.get(path)];
    return column === undefined || data === undefined || objective === undefined
      ? []
      : [{ column, type: objective.target.type, data }];
  });
  const validation = new Set(prepared.split.validation);
  const count = prepared.split.train.length + prepared.split.validation.length + (prepared.split.test?.length ?? 0);
  const [shown] = inputs;
  const labelOf = (sample: number): string => {
    const labels = targets.map((target) => labelOfSample(target, sample));
    return labels.filter((label) => label !== '').join(' · ');
  };
  const searched = (search: string): readonly number[] => {
    const words = search.trim().toLowerCase();
    const all = Array.from({ length: count }, (_, sample) => sample);
    if (words === '') return all;
    return all.filter((sample) => String(sample) === words || labelOf(sample).toLowerCase().includes(words));
  };
  return {
    data: description.title,
    count,
    choices: choiceNames(match.value),
    notices: prepared.notices,
    feeds(sample) {
      if (sample >= count) throw noSample(description.title, sample, count);
      return Object.fromEntries(inputs.map(({ column }) => [column.feed, sampleOf(column, sample)]));
    },
    list(from, wanted, search) {
      const found = typeof search === 'string' ? searched(search) : search.filter((sample) => sample < count);
      const page = found.slice(from, from + wanted);
      const samples = page.map((sample) => viewSample(sample, validation.has(sample), shown, labelOf(sample)));
      return { samples, total: found.length };
    },
  };
}

function noSample(title: string, sample: number, count: number): HostFailure {
  return new HostFailure({
    code: 'probe/no-such-sample',
    message: `"${title}" has no sample ${sample}.`,
    expected: `a number from 0 to ${count - 1}`,
    received: String(sample),
  });
}
