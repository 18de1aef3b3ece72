"""The encoder of Conformer-S, its layers those of transformers."""

import torch
from blockReferences.mapping import linear, norm
from networkReferences.attention import layer_norm
from opReferences.attention import encoded_distances
from reference import Part
from torch import nn
from transformers import Wav2Vec2ConformerConfig
from transformers.models.wav2vec2_conformer import modeling_wav2vec2_conformer as conformer
from wholeNetwork import Network

SIZE, HIDDEN, KERNEL, BANDS, LENGTH = 144, 576, 32, 80, 48

CONFIG = Wav2Vec2ConformerConfig(
    hidden_size=SIZE,
    num_attention_heads=4,
    intermediate_size=HIDDEN,
    conv_depthwise_kernel_size=31,
    hidden_act="swish",
    position_embeddings_type="relative",
    attn_implementation="eager",
)


def layer():
    """With the biases and the even kernel that the module of transformers has no options for: one position more behind."""
    module = conformer.Wav2Vec2ConformerEncoderLayer(CONFIG)
    convolution = module.conv_module
    padding = nn.ConstantPad1d(((KERNEL - 1) // 2, KERNEL // 2), 0)
    convolution.pointwise_conv1 = nn.Conv1d(SIZE, 2 * SIZE, 1)
    convolution.depthwise_conv = nn.Sequential(padding, nn.Conv1d(SIZE, SIZE, KERNEL, groups=SIZE))
    convolution.pointwise_conv2 = nn.Conv1d(SIZE, SIZE, 1)
    return module


class ConformerSmall(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, SIZE, 3, 2, 1), nn.Conv2d(SIZE, SIZE, 3, 2, 1)
        self.linear, self.dense = nn.Linear(SIZE * BANDS // 4, SIZE), nn.Linear(SIZE, 10)
        self.layers = nn.ModuleList(layer() for _ in range(16))
        self.encoding = lambda x: encoded_distances(conformer.Wav2Vec2ConformerRelPositionalEmbedding(CONFIG), x)

    def forward(self, x):
        x = torch.relu(self.conv2(torch.relu(self.conv1(x[:, None]))))
        # Each moment with its bands, channel by channel.
        x = self.linear(x.transpose(1, 2).flatten(2))
        encoding = self.encoding(x)
        for one in self.layers:
            x = one(x, relative_position_embeddings=encoding)
        return self.dense(x.mean(dim=1))


def pointwise(ours, theirs, outer):
    return {f"{ours}.kernel": Part(f"{theirs}.weight", (1, 0), dims=(outer, SIZE)), f"{ours}.bias": f"{theirs}.bias"}


def half(theirs):
    branch = linear("expand", f"{theirs}.intermediate_dense") | linear("project", f"{theirs}.output_dense")
    return layer_norm("norm", f"{theirs}_layer_norm") | branch


def of_layer():
    names = layer_norm("norm", "self_attn_layer_norm") | layer_norm("normOut", "final_layer_norm")
    for number in (1, 2):
        names |= {f"feedForward{number}.{weight}": parameter for weight, parameter in half(f"ffn{number}").items()}
    for ours, theirs in (("query", "q"), ("key", "k"), ("value", "v"), ("output", "out")):
        names |= {f"attention.{ours}Kernel": f"self_attn.linear_{theirs}.weight", f"attention.{ours}Bias": f"self_attn.linear_{theirs}.bias"}
    names |= {"attention.distanceKernel": "self_attn.linear_pos.weight"}
    names |= {"attention.contentBias": "self_attn.pos_bias_u", "attention.distanceBias": "self_attn.pos_bias_v"}
    names |= layer_norm("convolution.norm", "conv_module.layer_norm") | norm("convolution.bn", "conv_module.batch_norm")
    names |= pointwise("convolution.pointwise1", "conv_module.pointwise_conv1", 2 * SIZE)
    names |= pointwise("convolution.pointwise2", "conv_module.pointwise_conv2", SIZE)
    return names | linear("convolution.depthwise", "conv_module.depthwise_conv.1")


def weights(_):
    names = linear("conv1", "conv1") | linear("conv2", "conv2") | linear("linear", "linear") | linear("dense", "dense")
    for index in range(16):
        for weight, parameter in of_layer().items():
            part = parameter if isinstance(parameter, Part) else Part(parameter)
            moved = Part(f"layers.{index}.{part.parameter}", part.axes, part.rows, part.dims, part.along)
            names[f"conformer[{index}].{weight}"] = moved
    return names


REFERENCES = {
    "conformer-small": Network(
        ConformerSmall,
        weights,
        inputs={"spectrogram": {"length": LENGTH}, "image": {"height": LENGTH}},
        feeds={"spectrogram": {"dims": [LENGTH, BANDS]}},
        every=1,
    ),
}
