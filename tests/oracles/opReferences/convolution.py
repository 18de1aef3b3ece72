"""Convolutions, with their strides, dilations, groups and paddings."""

from reference import Case, Function, image
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


REFERENCES = {
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
