"""Convolutions, with their strides, dilations, groups and paddings."""

import torch.nn.functional as F
from reference import Case, Part, image, sequence
from torch import nn

BOTH = {"kernel": "weight", "bias": "bias"}


def conv2d(name, parameters, size, *arguments, **options):
    """`arguments` are those of nn.Conv2d, given apart from the parameters so that neither follows from the other."""
    module = nn.Conv2d(*arguments, **options)
    weights = BOTH if module.bias is not None else {"kernel": "weight"}
    return Case(name, parameters, {"input": image(*size)}, module, weights)


class PaddedAfter(nn.Module):
    """Same padding of an even reach: the odd one after, as PyTorch's `padding="same"` does at stride 1."""

    def __init__(self, pads, convolution):
        super().__init__()
        self.pad, self.convolution = nn.ZeroPad2d(pads), convolution

    def forward(self, x):
        return self.convolution(self.pad(x))


class FeaturesFirst(nn.Module):
    """Puts the features of a sequence where nn.Conv1d wants them, and pads the past only where asked for."""

    def __init__(self, convolution, past=0):
        super().__init__()
        self.convolution, self.past = convolution, past

    def forward(self, x):
        return self.convolution(F.pad(x.transpose(1, 2), (self.past, 0))).transpose(1, 2)


def conv1d(name, parameters, size, *arguments, past=0, **options):
    module = FeaturesFirst(nn.Conv1d(*arguments, **options), past)
    weights = {weight: f"convolution.{theirs}" for weight, theirs in BOTH.items() if options.get("bias", True) or weight == "kernel"}
    return Case(name, parameters, {"input": sequence(*size)}, module, weights)


def transposed(name, parameters, size, *arguments, **options):
    module = nn.ConvTranspose2d(*arguments, **options)
    weights = {"kernel": Part("weight", (2, 3, 1, 0))} | ({"bias": "bias"} if module.bias is not None else {})
    return Case(name, parameters, {"input": image(*size)}, module, weights)


def separable(name, parameters, size, depthwise, pointwise):
    weights = {"depthwise": "0.weight", "pointwise": "1.weight"} | ({"bias": "1.bias"} if pointwise.bias is not None else {})
    return Case(name, parameters, {"input": image(*size)}, nn.Sequential(depthwise, pointwise), weights)


REFERENCES = {
    "conv1d": [
        conv1d("3, same", {"filters": 4}, (5, 3), 3, 4, 3, padding="same"),
        conv1d("even kernel, same", {"filters": 2, "kernel": 4, "bias": False}, (5, 3), 3, 2, 4, padding="same", bias=False),
        conv1d("stride 2", {"filters": 2, "stride": 2}, (7, 3), 3, 2, 3, stride=2, padding=1),
        conv1d("stride 3, valid", {"filters": 2, "stride": 3, "padding": "valid"}, (9, 2), 2, 2, 3, stride=3),
        conv1d("dilation 2, causal, as WaveNet", {"filters": 3, "kernel": 2, "dilation": 2, "padding": "causal"}, (6, 2), 2, 3, 2, dilation=2, past=2),
        conv1d("stride 2, causal", {"filters": 2, "stride": 2, "padding": "causal"}, (7, 2), 2, 2, 3, stride=2, past=2),
        conv1d("two groups, padding 2", {"filters": 4, "groups": 2, "padding": 2}, (4, 4), 4, 4, 3, groups=2, padding=2),
    ],
    "depthwiseConv1d": [
        conv1d("same", {}, (5, 3), 3, 3, 3, groups=3, padding=1),
        conv1d("two of each, stride 2", {"multiplier": 2, "stride": 2}, (7, 3), 3, 6, 3, groups=3, stride=2, padding=1),
        conv1d("causal, dilation 2", {"padding": "causal", "dilation": 2}, (7, 2), 2, 2, 3, groups=2, dilation=2, past=4),
        conv1d("no bias, 5, valid", {"kernel": 5, "padding": "valid", "bias": False}, (7, 2), 2, 2, 5, groups=2, bias=False),
    ],
    "depthwiseConv2d": [
        conv2d("same", {}, (4, 5, 3), 3, 3, 3, groups=3, padding=1),
        conv2d("two of each, stride 2", {"multiplier": 2, "stride": 2}, (5, 6, 3), 3, 6, 3, groups=3, stride=2, padding=1),
        conv2d("7x7", {"kernel": 7}, (5, 4, 2), 2, 2, 7, groups=2, padding=3),
        conv2d("dilation 2 by 1, no bias", {"dilation": [2, 1], "bias": False}, (6, 4, 2), 2, 2, 3, groups=2, dilation=(2, 1), padding=(2, 1), bias=False),
        conv2d("stride 2 by 1", {"stride": [2, 1]}, (6, 5, 2), 2, 2, 3, groups=2, stride=(2, 1), padding=1),
        conv2d("valid with a rest, stride 3", {"stride": 3, "padding": "valid"}, (8, 7, 2), 2, 2, 3, groups=2, stride=3),
    ],
    "separableConv2d": [
        separable("same", {"filters": 4}, (4, 5, 3), nn.Conv2d(3, 3, 3, padding=1, groups=3, bias=False), nn.Conv2d(3, 4, 1)),
        separable(
            "two of each, stride 2, no bias", {"filters": 3, "multiplier": 2, "stride": 2, "bias": False}, (5, 6, 2),
            nn.Conv2d(2, 4, 3, 2, 1, groups=2, bias=False), nn.Conv2d(4, 3, 1, bias=False),
        ),
        separable(
            "dilation 2, valid", {"filters": 3, "dilation": 2, "padding": "valid"}, (6, 5, 2),
            nn.Conv2d(2, 2, 3, dilation=2, groups=2, bias=False), nn.Conv2d(2, 3, 1),
        ),
    ],
    "convTranspose2d": [
        transposed("2x2, stride 2, of a U-Net", {"filters": 3}, (2, 3, 2), 2, 3, 2, stride=2),
        transposed("3x3, stride 2, same", {"filters": 2, "kernel": 3}, (3, 2, 2), 2, 2, 3, stride=2, padding=1, output_padding=1),
        transposed("4x4, stride 2, padding 1", {"filters": 2, "kernel": 4, "padding": 1, "bias": False}, (3, 2, 2), 2, 2, 4, stride=2, padding=1, bias=False),
        transposed("3x3, stride 1, same", {"filters": 2, "kernel": 3, "stride": 1}, (3, 4, 2), 2, 2, 3, padding=1),
        transposed("valid, stride 3 beyond the kernel", {"filters": 2, "stride": 3, "padding": "valid"}, (2, 3, 2), 2, 2, 2, stride=3),
        transposed(
            "output padding", {"filters": 2, "kernel": 3, "stride": [2, 3], "padding": 1, "outputPadding": [1, 2]}, (3, 2, 2),
            2, 2, 3, stride=(2, 3), padding=1, output_padding=(1, 2),
        ),
        transposed("two groups", {"filters": 4, "kernel": 3, "groups": 2, "padding": 1}, (3, 2, 4), 4, 4, 3, stride=2, padding=1, groups=2),
        transposed("dilation 2", {"filters": 2, "kernel": 2, "dilation": 2, "stride": 1, "padding": "valid"}, (3, 4, 2), 2, 2, 2, dilation=2),
    ],
    "conv2d": [
        conv2d("3x3, same", {"filters": 4}, (4, 5, 3), 3, 4, 3, padding="same"),
        conv2d("no bias", {"filters": 2, "bias": False}, (4, 4, 3), 3, 2, 3, padding=1, bias=False),
        conv2d("stride 2, even size", {"filters": 3, "stride": 2}, (6, 6, 2), 2, 3, 3, stride=2, padding=1),
        conv2d("stride 2, odd size", {"filters": 3, "stride": 2}, (7, 5, 2), 2, 3, 3, stride=2, padding=1),
        conv2d("stride 2 by 1", {"filters": 2, "stride": [2, 1]}, (5, 5, 2), 2, 2, 3, stride=(2, 1), padding=1),
        conv2d("1x1, stride 2", {"filters": 3, "kernel": 1, "stride": 2}, (5, 4, 4), 4, 3, 1, stride=2),
        conv2d("7x7, stride 2, the stem of a ResNet", {"filters": 2, "kernel": 7, "stride": 2}, (9, 8, 3), 3, 2, 7, stride=2, padding=3),
        conv2d("even kernel, same", {"filters": 2, "kernel": [2, 4]}, (4, 5, 2), 2, 2, (2, 4), padding="same"),
        Case(
            "even kernel, same, stride 2",
            {"filters": 2, "kernel": 4, "stride": 2},
            {"input": image(6, 7, 2)},
            PaddedAfter((1, 2, 1, 2), nn.Conv2d(2, 2, 4, stride=2)),
            {"kernel": "convolution.weight", "bias": "convolution.bias"},
        ),
        conv2d("valid with a rest", {"filters": 2, "padding": "valid", "stride": 2}, (6, 7, 2), 2, 2, 3, stride=2),
        conv2d("padding 2 by 0", {"filters": 2, "padding": [2, 0]}, (4, 5, 2), 2, 2, 3, padding=(2, 0)),
        conv2d("padding wider than the reach", {"filters": 2, "kernel": 2, "padding": 3}, (3, 3, 2), 2, 2, 2, padding=3),
        conv2d("4x4 patches", {"filters": 5, "kernel": 4, "stride": 4, "padding": "valid"}, (8, 8, 3), 3, 5, 4, stride=4),
        conv2d("dilation 2, same", {"filters": 2, "dilation": 2}, (6, 5, 2), 2, 2, 3, dilation=2, padding="same"),
        conv2d("dilation 2 by 3, valid", {"filters": 2, "dilation": [2, 3], "padding": "valid"}, (6, 8, 2), 2, 2, 3, dilation=(2, 3)),
        conv2d("dilation 2, stride 2", {"filters": 2, "dilation": 2, "stride": 2}, (7, 8, 2), 2, 2, 3, stride=2, dilation=2, padding=2),
        conv2d("two groups", {"filters": 6, "groups": 2}, (4, 4, 4), 4, 6, 3, padding=1, groups=2),
        conv2d("two groups, stride 2", {"filters": 4, "groups": 2, "stride": 2}, (5, 5, 4), 4, 4, 3, stride=2, padding=1, groups=2),
        conv2d("depthwise", {"filters": 4, "groups": 4, "bias": False}, (5, 4, 4), 4, 4, 3, padding=1, groups=4, bias=False),
        conv2d("depthwise 5x5, stride 2", {"filters": 3, "groups": 3, "kernel": 5, "stride": 2}, (7, 6, 3), 3, 3, 5, stride=2, padding=2, groups=3),
        conv2d("depthwise with a multiplier", {"filters": 6, "groups": 3}, (4, 4, 3), 3, 6, 3, padding=1, groups=3),
        conv2d("depthwise, dilated", {"filters": 3, "groups": 3, "dilation": 2}, (6, 6, 3), 3, 3, 3, padding=2, dilation=2, groups=3),
    ],
}
