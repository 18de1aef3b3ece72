import type { LanguageOutput } from '../../../contract/evaluation.ts';
import { languageFigures } from '../../../graph-engine/evaluation/languageFigures.ts';
import type { OutputReport } from '../evaluateCommand.ts';
import { below, digits, largest, percent } from './figuresInWords.ts';

/** How well the next token was foreseen. */
export function reportOfTokens(output: LanguageOutput, part: string, worst: number): OutputReport {
  const { path, tokens, characters, samples, losses, context } = output;
  const figures = languageFigures(output);
  const worstSamples = largest(losses, worst).map((place) => ({
    sample: samples[place] ?? 0,
    perplexity: Math.exp(losses[place] ?? 0),
  }));
  return {
    figures: { samples: samples.length, tokens, characters, context, ...figures, worst: worstSamples },
    words: [
      `${path}: perplexity ${digits(figures.perplexity)} over ${tokens} tokens of the ${part} part, in windows of ${context}`,
      `${digits(figures.bitsPerToken)} bits a token, ${digits(figures.bitsPerCharacter)} bits a character; ${percent(figures.tokenAccuracy)} of the tokens were the likeliest`,
      ...below(
        'worst:',
        worstSamples.map(({ sample, perplexity }) => `window ${sample}: perplexity ${digits(perplexity)}`),
      ),
    ].join('\n'),
  };
}
