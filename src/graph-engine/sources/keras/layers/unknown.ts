/** Why layers of Keras have no counterpart here, by what their classes are called. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /^(LSTM|GRU|SimpleRNN|RNN|Bidirectional|ConvLSTM\dD|\w+Cell|StackedRNNCells)$/,
    'a recurrent layer: networks here have no loops',
  ],
  [/3D(Transpose)?$/, 'three places: images and sequences have two and one here'],
  [/^(Lambda|TorchModuleWrapper|TFSMLayer|JaxLayer|FlaxLayer)$/, 'code of its own, which is not in the file as layers'],
  [
    /^(Hashing|StringLookup|IntegerLookup|TextVectorization|HashedCrossing|Discretization|CategoryEncoding)$/,
    'a step that prepares data, before the network',
  ],
  [/^(MelSpectrogram|STFTSpectrogram)$/, 'a step that prepares sounds, before the network'],
  [/^(UnitNormalization|SpectralNormalization)$/, 'a normalization that no op here has'],
  [/^(Maximum|Minimum|Dot)$/, 'a way of merging that no op here has'],
  [
    /^(AdditiveAttention|Attention|GroupQueryAttention|GroupedQueryAttention)$/,
    'a form of attention without projections of its own, or with shared ones',
  ],
  [/^(EinsumDense|LocallyConnected\dD|ReversibleEmbedding)$/, 'a linear map that no op here has'],
  [/^Adaptive\w+Pooling\dD$/, 'a pool by the size of its result'],
];

/** What a class of layers is, where that says why it is not known here. */
export function reasonFor(className: string): string | undefined {
  return REASONS.find(([pattern]) => pattern.test(className))?.[1];
}
