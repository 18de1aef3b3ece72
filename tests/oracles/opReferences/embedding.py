"""Tokens, tables of them, and positions."""

import torch
import torch.nn.functional as F
from reference import Case, Function, Input, Part, features, sequence, tokens
from torch import nn


def table(vocabulary, size):
    return Input((("vocabulary", vocabulary), ("features", size)), batch=None)


class Embedding(nn.Module):
    """The rows and the table they come from, as a head that shares it uses both."""

    def __init__(self, vocabulary, size):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, size)

    def forward(self, names):
        return {"output": self.embedding(names), "table": self.embedding.weight}


class Learned(nn.Module):
    def __init__(self, positions, size):
        super().__init__()
        self.table = nn.Embedding(positions, size)

    def forward(self, x):
        return x + self.table(torch.arange(x.shape[1]))


def waves(x):
    """Section 3.5 of Vaswani et al. 2017, as the tutorial of PyTorch writes it."""
    length, size = x.shape[1:]
    position = torch.arange(length, dtype=torch.float64)[:, None]
    factor = torch.exp(torch.arange(0, size, 2, dtype=torch.float64) * (-torch.log(torch.tensor(10000.0)) / size))
    encoding = torch.zeros(length, size)
    encoding[:, 0::2] = torch.sin(position * factor)
    encoding[:, 1::2] = torch.cos(position * factor)[:, : size // 2]
    return x + encoding


class ClassToken(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.token = nn.Parameter(torch.zeros(1, 1, size))

    def forward(self, x):
        return torch.cat((self.token.expand(x.shape[0], -1, -1), x), dim=1)


REFERENCES = {
    "embedding": [
        Case("some tokens twice, some never", {"features": 3}, {"input": tokens(6, 9)}, Embedding(9, 3), {"table": "embedding.weight"}),
    ],
    "positionalEmbedding": [
        Case("learned", {}, {"input": sequence(4, 3)}, Learned(4, 3), {"table": "table.weight"}),
        Case("learned, more rows than positions", {"positions": 7}, {"input": sequence(4, 3)}, Learned(7, 3), {"table": "table.weight"}),
        Case("waves", {"kind": "sinusoidal"}, {"input": sequence(5, 6)}, Function(waves)),
        Case("waves of an odd size", {"kind": "sinusoidal"}, {"input": sequence(3, 5)}, Function(waves)),
    ],
    "classToken": [Case("sequence", {}, {"input": sequence(3, 4)}, ClassToken(4), {"token": Part("token", dims=(4,))})],
    "tokenLogits": [
        Case("each position", {}, {"input": sequence(3, 4), "table": table(5, 4)}, Function(F.linear)),
        Case("features", {}, {"input": features(4), "table": table(3, 4)}, Function(F.linear)),
    ],
}
