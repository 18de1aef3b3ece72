"""What brings two values together, and learned factors."""

import torch
from reference import Case, Function, Part, features, image, sequence
from torch import nn

PAIR = {"a": image(2, 3, 4), "b": image(2, 3, 4)}


class LayerScale(nn.Module):
    def __init__(self, size, view):
        super().__init__()
        self.gamma, self.view = nn.Parameter(torch.zeros(size)), view

    def forward(self, x):
        return x * self.gamma.view(self.view)


REFERENCES = {
    "add": [Case("images", {}, PAIR, Function(torch.add)), Case("sequences", {}, {"a": sequence(3, 4), "b": sequence(3, 4)}, Function(torch.add))],
    "subtract": [Case("images", {}, PAIR, Function(torch.sub))],
    "multiply": [
        Case("images", {}, PAIR, Function(torch.mul)),
        Case("an image and a factor a channel", {}, {"a": image(2, 3, 4), "b": features(4)}, Function(lambda a, b: a * b[:, :, None, None])),
        Case("a sequence and a factor a feature", {}, {"a": sequence(3, 4), "b": features(4)}, Function(lambda a, b: a * b[:, None])),
    ],
    "concatenate": [
        Case("images", {}, {"a": image(2, 3, 4), "b": image(2, 3, 3)}, Function(lambda a, b: torch.cat([a, b], dim=1))),
        Case("features", {}, {"a": features(3), "b": features(4)}, Function(lambda a, b: torch.cat([a, b], dim=1))),
    ],
    "scale": [
        Case("one number", {}, {"input": image(2, 3, 4)}, LayerScale(1, (1,)), {"alpha": "gamma"}),
        Case("a number a channel", {"per": "channel", "initial": 1e-6}, {"input": image(2, 3, 4)}, LayerScale(4, (4, 1, 1)), {"alpha": "gamma"}),
        Case("a number a feature", {"per": "channel"}, {"input": sequence(3, 4)}, LayerScale(4, (4,)), {"alpha": "gamma"}),
    ],
    "multiplyBy": [
        Case("half", {}, {"input": image(2, 3, 4)}, Function(lambda x: 0.5 * x)),
        Case("a negative factor", {"factor": -2.5}, {"input": features(5)}, Function(lambda x: -2.5 * x)),
    ],
}
