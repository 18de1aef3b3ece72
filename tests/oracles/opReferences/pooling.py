"""Pooling."""

from reference import Case, Function, image, sequence
from torch import nn


def pool(name, parameters, size, module):
    return Case(name, parameters, {"input": image(*size)}, module)


def shared(kind, **options):
    """Windows both kinds have; `options` are those of the average."""
    return [
        pool("2x2", {}, (4, 6, 2), kind(2, **options)),
        pool("2x2 with a rest", {}, (5, 7, 2), kind(2, **options)),
        pool("3x3, stride 2, same, the stem of a ResNet", {"kernel": 3, "stride": 2, "padding": "same"}, (8, 7, 2), kind(3, 2, 1, **options)),
        pool("3x3, stride 1, same", {"kernel": 3, "stride": 1, "padding": "same"}, (4, 5, 2), kind(3, 1, 1, **options)),
        pool("3x2, stride 1 by 2", {"kernel": [3, 2], "stride": [1, 2]}, (5, 6, 2), kind((3, 2), (1, 2), **options)),
        pool("padding 1 by 0", {"kernel": [3, 2], "stride": 2, "padding": [1, 0]}, (5, 6, 2), kind((3, 2), 2, (1, 0), **options)),
        pool("stride beyond the window", {"kernel": 2, "stride": 3}, (8, 7, 2), kind(2, 3, **options)),
        pool("1x1, stride 2", {"kernel": 1, "stride": 2}, (5, 4, 3), kind(1, 2, **options)),
    ]


class FeaturesFirst(nn.Module):
    """Puts the features of a sequence where PyTorch's pools want them."""

    def __init__(self, pool):
        super().__init__()
        self.pool = pool

    def forward(self, x):
        y = self.pool(x.transpose(1, 2))
        return y.transpose(1, 2) if y.dim() == 3 else y


def along(name, parameters, size, module):
    return Case(name, parameters, {"input": sequence(*size)}, FeaturesFirst(module))


def shared_along(kind, **options):
    return [
        along("2", {}, (6, 3), kind(2, **options)),
        along("2 with a rest", {}, (7, 2), kind(2, **options)),
        along("3, stride 2, same", {"kernel": 3, "stride": 2, "padding": "same"}, (6, 2), kind(3, 2, 1, **options)),
        along("5, stride 1, padding 2", {"kernel": 5, "stride": 1, "padding": 2}, (6, 2), kind(5, 1, 2, **options)),
    ]


def adaptive(kind):
    return [
        pool("windows that overlap", {"size": 3}, (5, 7, 2), kind(3)),
        pool("windows that fit", {"size": [2, 3]}, (4, 6, 2), kind((2, 3))),
        pool("larger than the image", {"size": [3, 5]}, (2, 3, 2), kind((3, 5))),
        pool("one pixel", {"size": 1}, (4, 5, 2), kind(1)),
        pool("nothing to do", {"size": [3, 4]}, (3, 4, 2), kind((3, 4))),
    ]


REFERENCES = {
    "maxPooling2d": shared(nn.MaxPool2d),
    "averagePooling2d": shared(nn.AvgPool2d, count_include_pad=False),
    "globalAveragePooling": [
        pool("image", {}, (3, 4, 5), nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())),
        along("sequence", {}, (4, 5), nn.Sequential(nn.AdaptiveAvgPool1d(1), nn.Flatten())),
    ],
    "globalMaxPooling": [
        pool("image", {}, (3, 4, 5), nn.Sequential(nn.AdaptiveMaxPool2d(1), nn.Flatten())),
        along("sequence", {}, (4, 5), nn.Sequential(nn.AdaptiveMaxPool1d(1), nn.Flatten())),
    ],
    "adaptiveAveragePooling2d": adaptive(nn.AdaptiveAvgPool2d),
    "adaptiveMaxPooling2d": adaptive(nn.AdaptiveMaxPool2d),
    "maxPooling1d": shared_along(nn.MaxPool1d),
    "averagePooling1d": shared_along(nn.AvgPool1d, count_include_pad=False),
}
