/** How a piece of one of our names is called in a checkpoint. `part` counts where several of our weights lie in one tensor. */
export interface NameRule {
  readonly from: RegExp;
  readonly to: string;
  readonly part?: number;
  readonly of?: number;
}

/** The names that a library gives the weights of an architecture. */
export interface CheckpointFamily {
  readonly title: string;
  /**
   * The blocks that repeat: the first of ours is the first of theirs, whatever either calls it. Inside them names begin behind
   * the block.
   */
  readonly blocks: { readonly ours: RegExp; readonly theirs: RegExp };
  readonly inside: readonly NameRule[];
  /** For blocks that have no weights called so, such as those that do not expand. */
  readonly without?: { readonly node: string; readonly inside: readonly NameRule[] };
  readonly outside: readonly NameRule[];
  /** Whether matrices are stored with what comes in first, as ours are. */
  readonly inputFirst?: boolean;
}

const rule = (from: RegExp, to: string): NameRule => ({ from, to });

/** Query, key and value, which lie in one tensor one after the other. */
const joined = (to: string): readonly NameRule[] =>
  ['query', 'key', 'value'].map((name, part) => ({
    from: new RegExp(`^attention\\.${name}\\.`),
    to,
    part,
    of: 3,
  }));

const squeezeExcite = (reduce: string, expand: string): readonly NameRule[] => [
  rule(/^se\.reduce\./, `${reduce}.`),
  rule(/^se\.expand\./, `${expand}.`),
];

const stages = /^(?:stage|block)\d+(?:first)?(?:\[\d+\])?(?=\.)/;
const layers = /^(?:encoder|decoder)\[\d+\](?=\.)/;

/** The blocks of timm's MobileNets and EfficientNets, which number their modules by whether they expand first. */
const invertedResiduals = {
  blocks: { ours: stages, theirs: /^blocks\.\d+\.\d+(?=\.conv_dw\.)/ },
  inside: [
    rule(/^expand\./, 'conv_pw.'),
    rule(/^expandBn\./, 'bn1.'),
    rule(/^depthwise\./, 'conv_dw.'),
    rule(/^depthwiseBn\./, 'bn2.'),
    rule(/^project\./, 'conv_pwl.'),
    rule(/^projectBn\./, 'bn3.'),
    ...squeezeExcite('se.conv_reduce', 'se.conv_expand'),
  ],
  without: {
    node: 'expand',
    inside: [
      rule(/^depthwise\./, 'conv_dw.'),
      rule(/^depthwiseBn\./, 'bn1.'),
      rule(/^project\./, 'conv_pw.'),
      rule(/^projectBn\./, 'bn2.'),
      ...squeezeExcite('se.conv_reduce', 'se.conv_expand'),
    ],
  },
} satisfies Pick<CheckpointFamily, 'blocks' | 'inside' | 'without'>;

/** The names in the checkpoints of torchvision, timm and transformers, for the architectures that are templates. */
export const checkpointFamilies: readonly CheckpointFamily[] = [
  {
    title: 'ResNet of torchvision or timm',
    blocks: { ours: stages, theirs: /^layer\d+\.\d+(?=\.)/ },
    inside: [
      rule(/^projection\./, 'downsample.0.'),
      rule(/^projectionBn\./, 'downsample.1.'),
      ...squeezeExcite('se.fc1', 'se.fc2'),
    ],
    outside: [rule(/^conv\./, 'conv1.'), rule(/^bn\./, 'bn1.'), rule(/^dense\./, 'fc.')],
  },
  {
    title: 'ResNet v2 of timm',
    blocks: { ours: stages, theirs: /^stages\.\d+\.blocks\.\d+(?=\.)/ },
    inside: [rule(/^bn(\d)\./, 'norm$1.'), rule(/^projection\.conv\./, 'downsample.conv.')],
    outside: [rule(/^conv\./, 'stem.conv.'), rule(/^bn\./, 'norm.'), rule(/^dense\./, 'head.fc.')],
  },
  {
    title: 'DenseNet of torchvision or timm',
    blocks: { ours: stages, theirs: /^features\.denseblock\d+\.denselayer\d+(?=\.)/ },
    inside: [rule(/^bn(\d)\./, 'norm$1.')],
    outside: [
      rule(/^conv\./, 'features.conv0.'),
      rule(/^bn\./, 'features.norm0.'),
      rule(/^transition(\d)\.bn\./, 'features.transition$1.norm.'),
      rule(/^transition(\d)\.conv\./, 'features.transition$1.conv.'),
      rule(/^finalBn\./, 'features.norm5.'),
      rule(/^dense\./, 'classifier.'),
    ],
  },
  {
    title: 'MobileNet v2 or EfficientNet of timm',
    ...invertedResiduals,
    outside: [
      rule(/^conv\./, 'conv_stem.'),
      rule(/^bn\./, 'bn1.'),
      rule(/^lastConv\./, 'conv_head.'),
      rule(/^lastBn\./, 'bn2.'),
      rule(/^dense\./, 'classifier.'),
    ],
  },
  {
    title: 'MobileNet v3 of timm',
    ...invertedResiduals,
    outside: [
      rule(/^conv\./, 'conv_stem.'),
      rule(/^bn\./, 'bn1.'),
      rule(/^lastConv\./, 'blocks.6.0.conv.'),
      rule(/^lastBn\./, 'blocks.6.0.bn1.'),
      rule(/^hidden\./, 'conv_head.'),
      rule(/^dense\./, 'classifier.'),
    ],
  },
  {
    title: 'ConvNeXt of timm',
    blocks: { ours: stages, theirs: /^stages\.\d+\.blocks\.\d+(?=\.)/ },
    inside: [
      rule(/^depthwise\./, 'conv_dw.'),
      rule(/^expand\./, 'mlp.fc1.'),
      rule(/^project\./, 'mlp.fc2.'),
      rule(/^layerScale\.alpha$/, 'gamma'),
    ],
    outside: [
      rule(/^stem\./, 'stem.0.'),
      rule(/^stemNorm\./, 'stem.1.'),
      rule(/^downsample(\d)\.norm\./, 'stages.$1.downsample.0.'),
      rule(/^downsample(\d)\.conv\./, 'stages.$1.downsample.1.'),
      rule(/^norm\./, 'head.norm.'),
      rule(/^dense\./, 'head.fc.'),
    ],
  },
  {
    title: 'ConvNeXt of torchvision',
    blocks: { ours: stages, theirs: /^features\.[1357]\.\d+(?=\.)/ },
    inside: [
      rule(/^depthwise\./, 'block.0.'),
      rule(/^norm\./, 'block.2.'),
      rule(/^expand\./, 'block.3.'),
      rule(/^project\./, 'block.5.'),
      rule(/^layerScale\.alpha$/, 'layer_scale'),
    ],
    outside: [
      rule(/^stem\./, 'features.0.0.'),
      rule(/^stemNorm\./, 'features.0.1.'),
      rule(/^downsample1\.norm\./, 'features.2.0.'),
      rule(/^downsample1\.conv\./, 'features.2.1.'),
      rule(/^downsample2\.norm\./, 'features.4.0.'),
      rule(/^downsample2\.conv\./, 'features.4.1.'),
      rule(/^downsample3\.norm\./, 'features.6.0.'),
      rule(/^downsample3\.conv\./, 'features.6.1.'),
      rule(/^norm\./, 'classifier.0.'),
      rule(/^dense\./, 'classifier.2.'),
    ],
  },
  {
    title: 'Vision Transformer of timm',
    blocks: { ours: layers, theirs: /^blocks\.\d+(?=\.)/ },
    inside: [
      ...joined('attn.qkv.'),
      rule(/^attention\.output\./, 'attn.proj.'),
      rule(/^expand\./, 'mlp.fc1.'),
      rule(/^project\./, 'mlp.fc2.'),
    ],
    outside: [
      rule(/^patches\./, 'patch_embed.proj.'),
      rule(/^classToken\.token$/, 'cls_token'),
      rule(/^positions\.table\.weight$/, 'pos_embed'),
      rule(/^dense\./, 'head.'),
    ],
  },
  {
    title: 'Vision Transformer of torchvision',
    blocks: { ours: layers, theirs: /^encoder\.layers\.encoder_layer_\d+(?=\.)/ },
    inside: [
      rule(/^norm(\d)\./, 'ln_$1.'),
      ...joined('self_attention.in_proj_'),
      rule(/^attention\.output\./, 'self_attention.out_proj.'),
      rule(/^expand\./, 'mlp.0.'),
      rule(/^project\./, 'mlp.3.'),
    ],
    outside: [
      rule(/^patches\./, 'conv_proj.'),
      rule(/^classToken\.token$/, 'class_token'),
      rule(/^positions\.table\.weight$/, 'encoder.pos_embedding'),
      rule(/^norm\./, 'encoder.ln.'),
      rule(/^dense\./, 'heads.head.'),
    ],
  },
  {
    title: 'BERT of transformers',
    blocks: { ours: layers, theirs: /^encoder\.layer\.\d+(?=\.)/ },
    inside: [
      rule(/^attention\.(query|key|value)\./, 'attention.self.$1.'),
      rule(/^attention\.output\./, 'attention.output.dense.'),
      rule(/^norm1\./, 'attention.output.LayerNorm.'),
      rule(/^expand\./, 'intermediate.dense.'),
      rule(/^project\./, 'output.dense.'),
      rule(/^norm2\./, 'output.LayerNorm.'),
    ],
    outside: [
      rule(/^words\./, 'embeddings.word_embeddings.'),
      rule(/^positions\.table\./, 'embeddings.position_embeddings.'),
      rule(/^types\./, 'embeddings.token_type_embeddings.'),
      rule(/^norm\./, 'embeddings.LayerNorm.'),
      rule(/^pooler\./, 'pooler.dense.'),
    ],
  },
  {
    title: 'GPT-2 of transformers',
    blocks: { ours: layers, theirs: /^h\.\d+(?=\.)/ },
    inside: [
      rule(/^norm(\d)\./, 'ln_$1.'),
      ...joined('attn.c_attn.'),
      rule(/^attention\.output\./, 'attn.c_proj.'),
      rule(/^expand\./, 'mlp.c_fc.'),
      rule(/^project\./, 'mlp.c_proj.'),
    ],
    outside: [rule(/^words\./, 'wte.'), rule(/^positions\.table\./, 'wpe.'), rule(/^norm\./, 'ln_f.')],
    inputFirst: true,
  },
];

/** What wrappers put before every name of a checkpoint. */
export const checkpointPrefixes: readonly string[] = ['', 'module.', 'model.', 'backbone.', 'bert.', 'transformer.'];

/** What no network computes with, or what is another name of a tensor that is there. */
export const idleTensors = /(?:^|\.)(?:num_batches_tracked|position_ids|attn\.bias|attn\.masked_bias)$/;
