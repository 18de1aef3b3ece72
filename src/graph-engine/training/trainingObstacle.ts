import { isImage, sizeOf } from '../core/shape.ts';
import type { MixingSettings, TrainingSettings } from '../document/trainingSettings.ts';
import { parseClassWeights } from '../ops/output/outputParameters.ts';
import type { NetworkEnds } from './matchData.ts';

/** A setting that cannot be used for a network, in words. */
export interface TrainingObstacle {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** The first setting that cannot be used for a network with these ends; undefined when all can. */
export function trainingObstacle(settings: TrainingSettings, network: NetworkEnds): TrainingObstacle | undefined {
  const unmixed = whyNotMixed(settings.mixing, network);
  if (unmixed !== undefined) {
    return { code: 'training/cannot-mix', message: unmixed, remedy: 'Choose no mixing under Generalization.' };
  }
  return classWeightsObstacle(settings, network);
}

function classWeightsObstacle(
  { classWeights }: TrainingSettings,
  { outputs }: NetworkEnds,
): TrainingObstacle | undefined {
  if (classWeights === undefined || classWeights.kind === 'none') return undefined;
  const classes = outputs.flatMap(({ path, target }) =>
    target.kind === 'class' || target.kind === 'mask' ? [{ path, ...target }] : [],
  );
  if (classes.length === 0) {
    return {
      code: 'training/no-classes',
      message: 'Class weights need an output that learns classes, of samples or of pixels; this network has none.',
      remedy: 'Choose no class weights under Generalization.',
    };
  }
  if (classWeights.kind === 'balanced') return undefined;
  const given = parseClassWeights(classWeights.weights).length;
  const other = classes.find(({ choices }) => choices !== null && choices !== given);
  if (other === undefined) return undefined;
  return {
    code: 'training/class-weights',
    message: `There are ${given} class weights for the ${other.choices ?? 0} classes of "${other.path}".`,
    remedy: 'Write one number a class, with commas between them, under Generalization.',
  };
}

function whyNotMixed(mixing: MixingSettings | undefined, { inputs, outputs }: NetworkEnds): string | undefined {
  if (mixing === undefined || mixing.kind === 'none') return undefined;
  const name = mixing.kind === 'mixup' ? 'Mixup' : 'CutMix';
  const tokens = inputs.find(({ type }) => type.dtype === 'int32');
  if (tokens !== undefined) return `${name} mixes numbers, but the input "${tokens.path}" takes token numbers.`;
  if (mixing.kind === 'mixup') return undefined;
  const flat = inputs.find(({ type }) => !isImage(type) || sizeOf(type, 'height') === null);
  if (flat !== undefined) return `CutMix pastes patches of images, but the input "${flat.path}" takes no image.`;
  const tokenOutput = outputs.find(({ target }) => target.kind === 'tokens');
  if (tokenOutput === undefined) return undefined;
  return `CutMix mixes targets by area, but the output "${tokenOutput.path}" learns from tokens.`;
}
