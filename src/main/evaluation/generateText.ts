import type { GeneratedText, GenerationOptions, TextPiece } from '../../contract/examination.ts';
import { drawToken, nextTokenChances, softmax } from '../../graph-engine/evaluation/nextToken.ts';
import { unknownInWords, type Tokenizer } from './tokenizer.ts';

/** A language model as what writes text sees it. */
export interface LanguageModel {
  /** Tokens that it sees at a time. */
  readonly context: number;
  readonly tokenizer: Tokenizer;
  /** The scores of the token after `position` of a window of `context` tokens. */
  score(window: Int32Array, position: number): Promise<ArrayLike<number>>;
}

export interface GenerationListeners {
  readonly onPiece?: (piece: TextPiece) => void | Promise<void>;
  readonly goesOn?: () => boolean;
}

/**
 * Writes on from a prompt, a token at a time; the same for the same seed. The network sees the last `context` tokens and
 * nothing before them. A shorter text is filled up behind its end, which a causal network does not see; one that does is
 * told about.
 */
export async function generateText(
  model: LanguageModel,
  options: GenerationOptions,
  { onPiece, goesOn = () => true }: GenerationListeners = {},
): Promise<GeneratedText> {
  const { context, tokenizer } = model;
  const { vocabulary } = tokenizer;
  const tokenized = tokenizer.tokenize(options.prompt);
  const notices = unknownInWords(tokenized, tokenizer);
  const text = [...tokenized.tokens];
  const promptTokens = text.length;
  if (text.length === 0) {
    const start = Math.max(0, vocabulary.indexOf('\n'));
    text.push(start);
    notices.push(`There is no prompt, so the text begins after ${JSON.stringify(vocabulary[start] ?? '')}.`);
  }
  notices.push(...windowNotices(promptTokens, options.length, context));
  if (await looksAhead(model, text)) {
    notices.push(
      'This network also sees what comes after the token it predicts, so it cannot be expected to write well.',
    );
  }
  const pieces: TextPiece[] = [];
  let stopped = false;
  for (let place = 0; place < options.length; place++) {
    // Whoever wants it to end now must be heard.
    await new Promise(setImmediate);
    if (!goesOn()) {
      stopped = true;
      break;
    }
    const { window, position } = windowOf(text, context);
    // A network may have more scores than there are tokens in the vocabulary of the data.
    const scores = Array.from({ length: vocabulary.length }, () => -Infinity);
    const all = await model.score(window, position);
    for (let token = 0; token < vocabulary.length; token++) scores[token] = all[token] ?? -Infinity;
    const token = drawToken(nextTokenChances(scores, options), options.seed, place);
    const piece = { text: vocabulary[token] ?? '', probability: softmax(scores)[token] ?? 0 };
    text.push(token);
    pieces.push(piece);
    await onPiece?.(piece);
  }
  return { pieces, promptTokens, context, unknown: [...tokenized.unknown], stopped, notices };
}

/** The last tokens of a text, filled up behind its end, and where the last of them is. */
export function windowOf(
  text: readonly number[],
  context: number,
  filler = 0,
): { readonly window: Int32Array; readonly position: number } {
  const seen = text.slice(-context);
  const window = new Int32Array(context).fill(filler);
  window.set(seen);
  return { window, position: seen.length - 1 };
}

function windowNotices(prompt: number, length: number, context: number): string[] {
  if (prompt > context) {
    return [
      `The network sees ${context} tokens at a time: the first ${prompt - context} of the ${prompt} in the prompt are not seen.`,
    ];
  }
  if (Math.max(1, prompt) + length - 1 <= context) return [];
  return [`The network sees ${context} tokens at a time: of a longer text it has the last ${context} before it.`];
}

/** Rounding may depend on the other positions, but never this much. */
const ROUNDING = 1e-3;

/** Whether what stands behind the last token changes what the network says of the next. */
async function looksAhead(model: LanguageModel, text: readonly number[]): Promise<boolean> {
  if (text.length >= model.context) return false;
  const [one, other] = [0, model.tokenizer.vocabulary.length - 1].map((filler) =>
    windowOf(text, model.context, filler),
  );
  if (one === undefined || other === undefined) return false;
  const first = Float64Array.from(await model.score(one.window, one.position));
  const second = await model.score(other.window, other.position);
  const largest = first.reduce((most, score) => Math.max(most, Math.abs(score)), 1);
  return first.some((score, token) => Math.abs(score - (second[token] ?? 0)) > ROUNDING * largest);
}
