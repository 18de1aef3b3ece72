"""Normalizations."""

import dataclasses

from reference import Case, features, image, sequence
from torch import nn

AFFINE = {"scale": "weight", "offset": "bias"}
BATCH = AFFINE | {"runningMean": "running_mean", "runningVariance": "running_var"}


class ChannelsLast(nn.Module):
    """A layer norm of each pixel's channels, as torchvision's and timm's LayerNorm2d."""

    def __init__(self, norm):
        super().__init__()
        self.norm = norm

    def forward(self, x):
        return self.norm(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Positions(nn.Module):
    """A norm that wants the features of a sequence first."""

    def __init__(self, norm):
        super().__init__()
        self.norm = norm

    def forward(self, x):
        return self.norm(x.transpose(1, 2)).transpose(1, 2)


def within(prefix, weights):
    return {name: f"{prefix}.{parameter}" for name, parameter in weights.items()}


def batch_norm(name, parameters, input, module, weights=BATCH):
    """While training, with the new running averages, and for prediction."""
    case = Case(name, parameters, {"input": input}, module, weights)
    return [case, dataclasses.replace(case, name=f"{name}, prediction", mode="inference")]


WIDE = image(3, 2, 4, low=-2, high=4)

REFERENCES = {
    "batchNormalization": [
        *batch_norm("image", {}, WIDE, nn.BatchNorm2d(4)),
        *batch_norm("momentum and epsilon", {"momentum": 0.3, "epsilon": 0.01}, WIDE, nn.BatchNorm2d(4, eps=0.01, momentum=0.3)),
        *batch_norm("first scale 0", {"initialScale": 0}, WIDE, nn.BatchNorm2d(4)),
        *batch_norm("features", {}, features(3, batch=5), nn.BatchNorm1d(3)),
        *batch_norm("sequence", {}, sequence(4, 3), Positions(nn.BatchNorm1d(3)), within("norm", BATCH)),
    ],
    "layerNormalization": [
        Case("features", {}, {"input": features(6)}, nn.LayerNorm(6), AFFINE),
        Case("each position", {}, {"input": sequence(3, 4)}, nn.LayerNorm(4), AFFINE),
        Case("each pixel", {"epsilon": 1e-6}, {"input": WIDE}, ChannelsLast(nn.LayerNorm(4, eps=1e-6)), within("norm", AFFINE)),
        Case("a large epsilon", {"epsilon": 0.1}, {"input": features(6)}, nn.LayerNorm(6, eps=0.1), AFFINE),
    ],
    "groupNormalization": [
        Case("one group", {}, {"input": WIDE}, nn.GroupNorm(1, 4), AFFINE),
        Case("two groups", {"groups": 2}, {"input": WIDE}, nn.GroupNorm(2, 4), AFFINE),
        Case("instance normalization", {"groups": 4}, {"input": WIDE}, nn.InstanceNorm2d(4, affine=True), AFFINE),
        Case("a large epsilon", {"groups": 2, "epsilon": 0.1}, {"input": WIDE}, nn.GroupNorm(2, 4, eps=0.1), AFFINE),
        Case("sequence", {"groups": 2}, {"input": sequence(3, 4)}, Positions(nn.GroupNorm(2, 4)), within("norm", AFFINE)),
    ],
    "rmsNormalization": [
        Case("features", {}, {"input": features(6)}, nn.RMSNorm(6, eps=1e-5), {"scale": "weight"}),
        Case("each position", {"epsilon": 1e-6}, {"input": sequence(3, 4)}, nn.RMSNorm(4, eps=1e-6), {"scale": "weight"}),
    ],
    "instanceNormalization": [
        Case("image", {}, {"input": WIDE}, nn.InstanceNorm2d(4, affine=True), AFFINE),
        Case("without scale and shift", {"affine": False, "epsilon": 0.01}, {"input": WIDE}, nn.InstanceNorm2d(4, eps=0.01)),
        Case("sequence", {}, {"input": sequence(5, 3)}, Positions(nn.InstanceNorm1d(3, affine=True)), within("norm", AFFINE)),
    ],
}
