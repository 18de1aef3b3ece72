"""Levels of a U-Net, after figure 1 of Ronneberger et al. 2015."""

import torch
import torch.nn.functional as F
from blockReferences.mapping import both, linear, pairs
from opReferences.regularization import Masked
from reference import Part, image
from torch import nn


class Convolutions(nn.Module):
    def __init__(self, channels, filters, padding=1, normalized=False, drop=None):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, 1, padding, bias=not normalized)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, padding, bias=not normalized)
        self.bn1, self.bn2 = (nn.BatchNorm2d(filters) if normalized else nn.Identity() for _ in range(2))
        self.drop = drop

    def forward(self, x):
        y = torch.relu(self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x))))))
        return self.drop(y) if self.training and self.drop is not None else y


class Down(nn.Module):
    def __init__(self, *arguments, **options):
        super().__init__()
        self.convolutions = Convolutions(*arguments, **options)

    def forward(self, x):
        skip = self.convolutions(x)
        return {"output": F.max_pool2d(skip, 2), "skip": skip}


class Up(nn.Module):
    def __init__(self, channels, skipped, filters, **options):
        super().__init__()
        self.up = nn.ConvTranspose2d(channels, filters, 2, 2)
        self.convolutions = Convolutions(skipped + filters, filters, **options)

    def forward(self, x, skip):
        up = self.up(x)
        (height, width), (rows, columns) = skip.shape[2:], up.shape[2:]
        top, left = (height - rows) // 2, (width - columns) // 2
        return self.convolutions(torch.cat([skip[:, :, top : top + rows, left : left + columns], up], 1))


BIASED = linear("conv1", "conv1") | linear("conv2", "conv2")
NORMED = pairs(conv1="conv1", bn1="bn1", conv2="conv2", bn2="bn2")
UP = {"up.kernel": Part("up.weight", (2, 3, 1, 0)), "up.bias": "up.bias"}


def inside(weights):
    prefixed = {}
    for name, parameter in weights.items():
        prefixed[f"convolutions.{name}"] = f"convolutions.{parameter}"
    return prefixed


REFERENCES = {
    "u-net-convolutions": [
        *both("same", {"filters": 3}, {"input": image(4, 5, 2)}, Convolutions(2, 3), BIASED),
        *both("valid", {"filters": 3, "padding": "valid"}, {"input": image(6, 5, 2)}, Convolutions(2, 3, 0), BIASED),
        *both("normalized", {"filters": 3, "normalized": True}, {"input": image(4, 3, 2)}, Convolutions(2, 3, normalized=True), NORMED),
        *both(
            "dropout", {"filters": 2, "rate": 0.4}, {"input": image(3, 3, 2)},
            Convolutions(2, 2, drop=Masked(0.4, [2, 3, 3, 2], "block.dropout")), BIASED,
        ),
    ],
    "u-net-down": [
        *both("same", {"filters": 3}, {"input": image(4, 6, 2)}, Down(2, 3), inside(BIASED)),
        *both("valid", {"filters": 2, "padding": "valid"}, {"input": image(8, 6, 2)}, Down(2, 2, 0), inside(BIASED)),
        *both("normalized", {"filters": 2, "normalized": True}, {"input": image(4, 4, 2)}, Down(2, 2, normalized=True), inside(NORMED)),
    ],
    "u-net-up": [
        *both("same", {"filters": 2}, {"input": image(2, 3, 4), "skip": image(4, 6, 2)}, Up(4, 2, 2), UP | inside(BIASED)),
        *both(
            "valid, with a crop", {"filters": 2, "padding": "valid"}, {"input": image(4, 4, 3), "skip": image(12, 11, 2)},
            Up(3, 2, 2, padding=0), UP | inside(BIASED),
        ),
        *both(
            "normalized", {"filters": 2, "normalized": True}, {"input": image(2, 2, 3), "skip": image(4, 4, 2)},
            Up(3, 2, 2, normalized=True), UP | inside(NORMED),
        ),
    ],
}
