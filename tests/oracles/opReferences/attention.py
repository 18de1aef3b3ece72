"""Attention, checked by PyTorch's module and by the ones of transformers that know positions."""

import math

import torch
import torch.nn.functional as F
from opReferences.regularization import PATH, Masked
from reference import Case, Function, Part, sequence, tokens
from torch import nn
from transformers import LlamaConfig, Wav2Vec2ConformerConfig
from transformers.models.llama.modeling_llama import LlamaAttention
from transformers.models.wav2vec2_conformer import modeling_wav2vec2_conformer as conformer

TRANSPOSED = (1, 0)


def linear(ours, theirs, bias=True):
    weights = {f"{ours}Kernel": Part(f"{theirs}.weight", TRANSPOSED)}
    return weights | ({f"{ours}Bias": f"{theirs}.bias"} if bias else {})


class Attention(nn.Module):
    """nn.MultiheadAttention on one sequence, or with a memory, and with tokens of which 0 is padding."""

    def __init__(self, features, heads, causal=False, ports=(), **rest):
        super().__init__()
        self.attention = nn.MultiheadAttention(features, heads, batch_first=True, **rest)
        self.causal, self.ports = causal, ports

    def forward(self, x, *others):
        named = dict(zip(self.ports, others))
        memory, names = named.get("memory", x), named.get("tokens")
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1], dtype=x.dtype) if self.causal else None
        padding = None if names is None else torch.where(names == 0, -torch.inf, 0.0).to(x.dtype)
        return self.attention(x, memory, memory, key_padding_mask=padding, attn_mask=mask, need_weights=False)[0]


def packed(features, bias=True):
    """PyTorch keeps the three projections in one matrix."""
    rows = {part: (index * features, (index + 1) * features) for index, part in enumerate(("query", "key", "value"))}
    weights = {f"{part}Kernel": Part("attention.in_proj_weight", TRANSPOSED, rows=where) for part, where in rows.items()}
    if bias:
        weights |= {f"{part}Bias": Part("attention.in_proj_bias", rows=where) for part, where in rows.items()}
    return weights | linear("output", "attention.out_proj", bias)


def separate(features):
    """PyTorch keeps them apart where a memory has other features."""
    weights = {f"{part}Kernel": Part(f"attention.{part[0]}_proj_weight", TRANSPOSED) for part in ("query", "key", "value")}
    biases = {name: part for name, part in packed(features).items() if name.endswith("Bias")}
    return weights | biases | linear("output", "attention.out_proj")


class Dropping(nn.Module):
    """Attention with dropout of its weights, written out: the masks are the project's own."""

    def __init__(self, features, heads, rate, batch, length):
        super().__init__()
        for name in ("query", "key", "value", "output"):
            setattr(self, name, nn.Linear(features, features))
        self.heads, self.mask = heads, Masked(rate, [batch, heads, length, length], PATH)
        # Not an image: the heads stay where they are.
        self.mask.mask = self.mask.mask.permute(0, 2, 3, 1)

    def forward(self, x):
        q, k, v = (m(x).unflatten(-1, (self.heads, -1)).transpose(1, 2) for m in (self.query, self.key, self.value))
        weights = (q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])).softmax(-1)
        return self.output((self.mask(weights) @ v).transpose(1, 2).flatten(2))


class Rotary(nn.Module):
    """Llama's attention, looking both ways unless causal; the angles in double precision."""

    def __init__(self, features, heads, causal):
        super().__init__()
        config = LlamaConfig(
            hidden_size=features, num_attention_heads=heads, num_key_value_heads=heads, attn_implementation="sdpa"
        )
        self.attention = LlamaAttention(config, 0)
        self.attention.is_causal = causal

    def forward(self, x):
        size = self.attention.head_dim
        frequencies = 1 / 10000 ** (torch.arange(0, size, 2, dtype=torch.float64) / size)
        angles = torch.arange(x.shape[1], dtype=torch.float64)[:, None] * frequencies
        angles = torch.cat((angles, angles), -1)[None]
        return self.attention(x, (angles.cos(), angles.sin()), None)[0]


class Relative(nn.Module):
    """The Conformer's attention of transformers; the encodings in double precision."""

    def __init__(self, features, heads):
        super().__init__()
        config = Wav2Vec2ConformerConfig(
            hidden_size=features,
            num_attention_heads=heads,
            attention_dropout=0,
            position_embeddings_type="relative",
            attn_implementation="eager",
        )
        self.attention = conformer.Wav2Vec2ConformerSelfAttention(config)
        self.encoding = lambda x: encoded_distances(conformer.Wav2Vec2ConformerRelPositionalEmbedding(config), x)

    def forward(self, x):
        return self.attention(x, relative_position_embeddings=self.encoding(x))[0]


def encoded_distances(theirs, x):
    """What the embedding of transformers gives, to more digits than it computes with."""
    length, size = x.shape[1], x.shape[2]
    distances = torch.arange(length - 1, -length, -1, dtype=torch.float64)[:, None]
    angles = distances / 10000 ** (torch.arange(0, size, 2, dtype=torch.float64) / size)
    exact = torch.stack((angles.sin(), angles.cos()), -1).flatten(1)[None]
    assert torch.allclose(exact, theirs(x).double(), atol=1e-6)
    return exact


RELATIVE = {
    **linear("query", "attention.linear_q"),
    **linear("key", "attention.linear_k"),
    **linear("value", "attention.linear_v"),
    **linear("output", "attention.linear_out"),
    "distanceKernel": Part("attention.linear_pos.weight", TRANSPOSED),
    "contentBias": "attention.pos_bias_u",
    "distanceBias": "attention.pos_bias_v",
}
LLAMA = {name: part for ours in ("query", "key", "value", "output") for name, part in linear(ours, f"attention.{ours[0]}_proj", False).items()}


def attend(heads=1, causal=False):
    """PyTorch's function on heads of its own, with the padding of tokens."""

    def apply(query, key, value, names=None):
        q, k, v = (x.unflatten(-1, (heads, -1)).transpose(1, 2) for x in (query, key, value))
        mask = None if names is None else (names != 0)[:, None, None, :]
        return F.scaled_dot_product_attention(q, k, v, mask, is_causal=causal).transpose(1, 2).flatten(2)

    return Function(apply)


NO_BIAS = {"bias": False, "outputBias": False}

REFERENCES = {
    "multiHeadAttention": [
        Case("two heads", {"heads": 2}, {"input": sequence(5, 6)}, Attention(6, 2), packed(6)),
        Case("causal, no biases", {"heads": 3, "causal": True, **NO_BIAS}, {"input": sequence(4, 6)}, Attention(6, 3, True, bias=False), packed(6, False)),
        Case(
            "a memory of other features",
            {"heads": 2},
            {"input": sequence(3, 4), "memory": sequence(5, 6)},
            Attention(4, 2, ports=("memory",), kdim=6, vdim=6),
            separate(4),
        ),
        Case(
            "padding",
            {"heads": 2},
            {"input": sequence(6, 4, batch=3), "tokens": tokens(6, 3, batch=3)},
            Attention(4, 2, ports=("tokens",)),
            packed(4),
        ),
        Case(
            "dropout of the weights",
            {"heads": 2, "dropout": 0.3},
            {"input": sequence(3, 4)},
            Dropping(4, 2, 0.3, 2, 3),
            {name: part for ours in ("query", "key", "value", "output") for name, part in linear(ours, ours).items()},
        ),
        Case("rotary", {"heads": 2, "positions": "rotary", **NO_BIAS}, {"input": sequence(5, 8)}, Rotary(8, 2, False), LLAMA),
        Case("rotary, causal", {"heads": 1, "positions": "rotary", "causal": True, **NO_BIAS}, {"input": sequence(4, 4)}, Rotary(4, 1, True), LLAMA),
        Case("relative", {"heads": 2, "positions": "relative"}, {"input": sequence(5, 6)}, Relative(6, 2), RELATIVE),
    ],
    "scaledDotProductAttention": [
        Case("one head", {}, {"query": sequence(3, 4), "key": sequence(5, 4), "value": sequence(5, 2)}, attend()),
        Case(
            "two heads, causal",
            {"heads": 2, "causal": True},
            {"query": sequence(4, 6), "key": sequence(4, 6), "value": sequence(4, 2)},
            attend(2, True),
        ),
        Case(
            "padding",
            {"heads": 2},
            {"query": sequence(3, 4, batch=3), "key": sequence(6, 4, batch=3), "value": sequence(6, 4, batch=3), "tokens": tokens(6, 3, batch=3)},
            attend(2),
        ),
    ],
}
