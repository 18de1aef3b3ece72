import { HostFailure } from '../files/hostFailure.ts';
import type { LanguageModel } from './generateText.ts';
import { singleInputOf, type RunPreparation } from './runPreparation.ts';
import { createTokenizer } from './tokenizer.ts';
import type { TrainedNetwork } from './trainedNetwork.ts';

/** The network of a run as a language model. */
export interface RunLanguageModel extends LanguageModel {
  /** Path of the output. */
  readonly path: string;
  /** The scores after every position of a window. */
  scores(window: Int32Array): Promise<Float32Array>;
}

/** Takes a network for a language model. Throws a `HostFailure` when it is none. */
export function languageModelOf(network: TrainedNetwork, run: RunPreparation): RunLanguageModel {
  const output = network.lowered.outputs.find(({ objective }) => objective?.target.kind === 'tokens');
  const { data, inputs } = singleInputOf(network, run);
  const [input] = inputs;
  const port = output?.ports['logits'];
  if (data.kind !== 'text' || output === undefined || port === undefined || input === undefined) {
    throw new HostFailure({
      code: 'generation/no-language-model',
      message: 'This network does not write text.',
      expected: 'a network with a Token input and a Next-token output, such as Mini GPT',
    });
  }
  const context = input.type.axes[0]?.size;
  if (typeof context !== 'number') throw new Error('The network has a window of unknown length');
  const scores = async (window: Int32Array): Promise<Float32Array> => {
    const feeds = Object.fromEntries(inputs.map(({ feed }) => [feed, window]));
    const answer = (await network.predict(feeds, [port.fetch]))[port.fetch];
    if (!(answer instanceof Float32Array)) throw new Error('The network did not answer with scores');
    return answer;
  };
  const { preparation } = run;
  return {
    path: output.path,
    context,
    tokenizer: createTokenizer(data.vocabulary, preparation?.kind === 'text' ? preparation : undefined),
    scores,
    async score(window, position) {
      const all = await scores(window);
      const choices = all.length / context;
      return all.subarray(position * choices, (position + 1) * choices);
    },
  };
}
