"""Layers of Transformers, checked by PyTorch's; of Conformers, by those of transformers."""

from blockReferences.mapping import both, linear, norm
from opReferences.attention import encoded_distances
from reference import Part, sequence
from torch import nn
from transformers import Wav2Vec2ConformerConfig
from transformers.models.wav2vec2_conformer import modeling_wav2vec2_conformer as conformer

FEATURES = 6
HIDDEN = 10
SIZES = {"features": FEATURES, "heads": 2, "hidden": HIDDEN}


def layer_norm(ours, theirs):
    return {f"{ours}.scale": f"{theirs}.weight", f"{ours}.offset": f"{theirs}.bias"}


def attention(ours, theirs):
    """PyTorch keeps queries, keys and values in one matrix."""
    weights = {}
    for index, part in enumerate(("query", "key", "value")):
        rows = (index * FEATURES, (index + 1) * FEATURES)
        weights |= {
            f"{ours}.{part}Kernel": Part(f"{theirs}.in_proj_weight", (1, 0), rows=rows),
            f"{ours}.{part}Bias": Part(f"{theirs}.in_proj_bias", rows=rows),
        }
    return weights | {f"{ours}.outputKernel": Part(f"{theirs}.out_proj.weight", (1, 0)), f"{ours}.outputBias": f"{theirs}.out_proj.bias"}


def feed_forward():
    return linear("expand", "layer.linear1") | linear("project", "layer.linear2")


ENCODER = attention("attention", "layer.self_attn") | feed_forward()
DECODER = ENCODER | attention("cross", "layer.multihead_attn")


def norms(count):
    weights = {}
    for index in range(1, count + 1):
        weights |= layer_norm(f"norm{index}", f"layer.norm{index}")
    return weights


class Encoder(nn.Module):
    def __init__(self, before, activation, causal=False):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(
            FEATURES, 2, HIDDEN, dropout=0, activation=activation, norm_first=before, batch_first=True
        )
        self.causal = causal

    def forward(self, x):
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1], dtype=x.dtype) if self.causal else None
        return self.layer(x, src_mask=mask)


class Decoder(nn.Module):
    def __init__(self, before, activation):
        super().__init__()
        self.layer = nn.TransformerDecoderLayer(
            FEATURES, 2, HIDDEN, dropout=0, activation=activation, norm_first=before, batch_first=True
        )

    def forward(self, x, memory):
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1], dtype=x.dtype)
        return self.layer(x, memory, tgt_mask=mask)


def encoders(before, activation, module, more, name):
    parameters = SIZES | {"activation": activation} | more
    layer = Encoder(before, module, more.get("causal", False))
    return both(name, parameters, {"input": sequence(4, FEATURES)}, layer, ENCODER | norms(2))


def decoders(before, activation, module):
    inputs = {"input": sequence(3, FEATURES), "memory": sequence(5, FEATURES)}
    return both("a memory of another length", SIZES | {"activation": activation}, inputs, Decoder(before, module), DECODER | norms(3))


CONFIG = Wav2Vec2ConformerConfig(
    hidden_size=FEATURES,
    num_attention_heads=2,
    intermediate_size=HIDDEN,
    conv_depthwise_kernel_size=3,
    hidden_act="swish",
    hidden_dropout=0,
    attention_dropout=0,
    activation_dropout=0,
    conformer_conv_dropout=0,
    position_embeddings_type="relative",
    attn_implementation="eager",
)


class Conformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = conformer.Wav2Vec2ConformerEncoderLayer(CONFIG)
        self.encoding = lambda x: encoded_distances(conformer.Wav2Vec2ConformerRelPositionalEmbedding(CONFIG), x)

    def forward(self, x):
        return self.layer(x, relative_position_embeddings=self.encoding(x))


class Half(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm, self.branch = nn.LayerNorm(FEATURES), conformer.Wav2Vec2ConformerFeedForward(CONFIG)

    def forward(self, x):
        return x + 0.5 * self.branch(self.norm(x))


class Convolution(nn.Module):
    """The module of transformers with biases and an even kernel, which it has no options for."""

    def __init__(self, kernel=None):
        super().__init__()
        self.module = conformer.Wav2Vec2ConformerConvolutionModule(CONFIG)
        if kernel is not None:
            module = self.module
            module.pointwise_conv1 = nn.Conv1d(FEATURES, 2 * FEATURES, 1)
            # One position more behind than before where the kernel is even.
            padding = nn.ConstantPad1d(((kernel - 1) // 2, kernel // 2), 0)
            module.depthwise_conv = nn.Sequential(padding, nn.Conv1d(FEATURES, FEATURES, kernel, groups=FEATURES))
            module.pointwise_conv2 = nn.Conv1d(FEATURES, FEATURES, 1)

    def forward(self, x):
        return x + self.module(x)


def within(prefix, weights):
    return {f"{prefix}.{ours}": part for ours, part in weights.items()}


def half(norm_name, branch):
    return layer_norm("norm", norm_name) | linear("expand", f"{branch}.intermediate_dense") | linear("project", f"{branch}.output_dense")


def convolution(theirs, biased=False):
    depthwise = f"{theirs}.depthwise_conv" + (".1" if biased else "")
    weights = layer_norm("norm", f"{theirs}.layer_norm") | norm("bn", f"{theirs}.batch_norm")
    weights |= {
        "pointwise1.kernel": Part(f"{theirs}.pointwise_conv1.weight", (1, 0), dims=(2 * FEATURES, FEATURES)),
        "depthwise.kernel": f"{depthwise}.weight",
        "pointwise2.kernel": Part(f"{theirs}.pointwise_conv2.weight", (1, 0), dims=(FEATURES, FEATURES)),
    }
    if biased:
        weights |= {
            "pointwise1.bias": f"{theirs}.pointwise_conv1.bias",
            "depthwise.bias": f"{depthwise}.bias",
            "pointwise2.bias": f"{theirs}.pointwise_conv2.bias",
        }
    return weights


def conformer_attention():
    weights = {}
    for ours, theirs in (("query", "q"), ("key", "k"), ("value", "v"), ("output", "out")):
        weights |= {
            f"attention.{ours}Kernel": Part(f"layer.self_attn.linear_{theirs}.weight", (1, 0)),
            f"attention.{ours}Bias": f"layer.self_attn.linear_{theirs}.bias",
        }
    return weights | {
        "attention.distanceKernel": Part("layer.self_attn.linear_pos.weight", (1, 0)),
        "attention.contentBias": "layer.self_attn.pos_bias_u",
        "attention.distanceBias": "layer.self_attn.pos_bias_v",
    }


CONFORMER = {
    **within("feedForward1", half("layer.ffn1_layer_norm", "layer.ffn1")),
    **layer_norm("norm", "layer.self_attn_layer_norm"),
    **conformer_attention(),
    **within("convolution", convolution("layer.conv_module")),
    **within("feedForward2", half("layer.ffn2_layer_norm", "layer.ffn2")),
    **layer_norm("normOut", "layer.final_layer_norm"),
}
INPUT = {"input": sequence(5, FEATURES)}

REFERENCES = {
    "transformer-encoder": [
        *encoders(True, "gelu", nn.GELU(), {}, "GELU"),
        *encoders(True, "geluTanh", nn.GELU(approximate="tanh"), {"causal": True}, "causal, GELU by tanh"),
    ],
    "transformer-encoder-post": [
        *encoders(False, "relu", nn.ReLU(), {}, "ReLU"),
        *encoders(False, "gelu", nn.GELU(), {"causal": True}, "causal, GELU"),
    ],
    "transformer-decoder": decoders(True, "gelu", nn.GELU()),
    "transformer-decoder-post": decoders(False, "relu", nn.ReLU()),
    "conformer-feed-forward": both("half a step", {"features": FEATURES, "hidden": HIDDEN}, INPUT, Half(), half("norm", "branch")),
    "conformer-convolution": [
        *both("no biases", {"features": FEATURES, "kernel": 3, "bias": False}, INPUT, Convolution(), convolution("module")),
        *both("an even kernel", {"features": FEATURES, "kernel": 4}, INPUT, Convolution(4), convolution("module", True)),
    ],
    "conformer": both("no biases", SIZES | {"kernel": 3, "bias": False}, INPUT, Conformer(), CONFORMER),
}
