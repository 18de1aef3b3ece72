"""Arrangement: what moves values without computing."""

import torch
import torch.nn.functional as F
from reference import Case, Function, features, image
from torch import nn


def pad_channels(before, after):
    return Function(lambda x: F.pad(x, (0, 0, 0, 0, before, after)))


REFERENCES = {
    "flatten": [
        Case("image", {}, {"input": image(2, 3, 4)}, nn.Flatten()),
        Case("features", {}, {"input": features(5)}, nn.Flatten()),
    ],
    "padChannels": [
        Case("even", {"channels": 6}, {"input": image(2, 3, 4)}, pad_channels(1, 1)),
        Case("odd", {"channels": 7}, {"input": image(3, 2, 2)}, pad_channels(2, 3)),
        Case("nothing", {"channels": 4}, {"input": image(2, 3, 4)}, pad_channels(0, 0)),
    ],
    "pixelShuffle": [
        Case("factor 2", {}, {"input": image(2, 3, 8)}, nn.PixelShuffle(2)),
        Case("factor 3", {"factor": 3}, {"input": image(2, 1, 18)}, nn.PixelShuffle(3)),
    ],
    "upsampling2d": [
        Case("nearest", {}, {"input": image(2, 3, 4)}, nn.Upsample(scale_factor=2, mode="nearest")),
        Case("nearest, uneven", {"factor": [3, 2]}, {"input": image(2, 3, 2)}, nn.Upsample(scale_factor=(3, 2), mode="nearest")),
    ],
}
