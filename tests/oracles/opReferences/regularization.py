"""Dropout of all kinds. The masks are drawn by the project's generator, which no framework shares; what they do is PyTorch's."""

import torch
from philox import philox, stream_of, uniform_floats
from reference import SEED, Case, features, image
from torch import nn

#: The path the op is given in the check; its masks are drawn by it.
PATH = "op"


class Masked(nn.Module):
    """`x · mask / (1 − rate)`, as nn.Dropout, nn.Dropout2d and torchvision's StochasticDepth; the axes of size one share a number."""

    def __init__(self, rate, dims, path=PATH):
        super().__init__()
        uniform = uniform_floats(philox(torch.Size(dims).numel(), (SEED, 0), stream_of(path), 0)).reshape(dims)
        mask = torch.from_numpy(uniform >= rate)
        assert mask.any() and not mask.all(), "a mask that drops nothing, or everything, shows nothing"
        self.rate, self.mask = rate, mask.permute(0, 3, 1, 2) if mask.dim() == 4 else mask

    def forward(self, x):
        return x * self.mask / (1 - self.rate)


def both(name, rate, input, dims):
    return [
        Case(name, {"rate": rate}, {"input": input}, Masked(rate, dims)),
        Case(f"{name}, prediction", {"rate": rate}, {"input": input}, nn.Identity(), mode="inference"),
    ]


REFERENCES = {
    "dropout": [*both("image", 0.3, image(2, 3, 4), [2, 2, 3, 4]), *both("features", 0.5, features(6), [2, 6])],
    "spatialDropout": both("image", 0.4, image(2, 3, 4), [2, 1, 1, 4]),
    "dropPath": [
        *both("image", 0.4, image(2, 3, 2, batch=5), [5, 1, 1, 1]),
        *both("features", 0.5, features(3, batch=5), [5, 1]),
        Case("rate 0", {"rate": 0}, {"input": features(3)}, nn.Identity()),
    ],
}
