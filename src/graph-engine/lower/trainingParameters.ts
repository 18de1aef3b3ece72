import type { TrainingSettings } from '../document/trainingSettings.ts';

/** For outputs by their path, what each class counts. */
export type ClassWeightsByOutput = Readonly<Record<string, readonly number[]>>;

/**
 * The parameters of an output as training sees them. Where the output says nothing itself, label smoothing and class weights
 * come from the training settings; what is measured afterwards does without both.
 */
export function trainingParameters(
  parameters: Readonly<Record<string, unknown>>,
  { labelSmoothing = 0, classWeights }: TrainingSettings,
  fromData: readonly number[] | undefined,
): Readonly<Record<string, unknown>> {
  const weights = classWeights?.kind === 'given' ? classWeights.weights : (fromData?.join(', ') ?? '');
  return {
    ...parameters,
    ...(parameters['labelSmoothing'] === 0 && { labelSmoothing }),
    ...(parameters['classWeights'] === '' && { classWeights: weights }),
  };
}
