"""Residual blocks, checked by torchvision's and timm's where they have them."""

import torch
import torch.nn.functional as F
from blockReferences.mapping import both, kernel, linear, norm, pairs, squeeze
from opReferences.regularization import Masked
from reference import image
from timm.layers import SEModule, create_conv2d
from timm.models.resnet import Bottleneck as SqueezedBottleneck
from timm.models.resnetv2 import PreActBottleneck
from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck
from torchvision.ops import SqueezeExcitation

BASIC = pairs(conv1="conv1", bn1="bn1", conv2="conv2", bn2="bn2")
DEEP = BASIC | pairs(conv3="conv3", bn3="bn3")
PROJECTION = pairs(projection="downsample.0", projectionBn="downsample.1")


def projection(channels, filters, stride):
    return nn.Sequential(nn.Conv2d(channels, filters, 1, stride, bias=False), nn.BatchNorm2d(filters))


class ZeroPad(nn.Module):
    """Option A of He et al. 2015: every stride-th pixel, and zeros for the new channels, half before and half after."""

    def __init__(self, missing, stride):
        super().__init__()
        self.before, self.after, self.stride = missing // 2, missing - missing // 2, stride

    def forward(self, x):
        return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.before, self.after))


class StochasticBasic(BasicBlock):
    """The block of Huang et al. 2016: relu(shortcut + mask / survival · branch)."""

    def __init__(self, drop, *arguments, **options):
        super().__init__(*arguments, **options)
        self.drop = drop

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        y = self.drop(y) if self.training else y
        return torch.relu(y + (x if self.downsample is None else self.downsample(x)))


class ReZero(nn.Module):
    """Bachlechner et al. 2020: relu(shortcut + alpha · branch), without norms."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, filters, 3, stride, 1)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1)
        self.alpha = nn.Parameter(torch.zeros(1))
        self.shortcut = ZeroPad(filters - channels, stride)

    def forward(self, x):
        return torch.relu(self.shortcut(x) + self.alpha * self.conv2(torch.relu(self.conv1(x))))


class PlainBasic(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False), nn.BatchNorm2d(filters)
        self.conv2, self.bn2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False), nn.BatchNorm2d(filters)

    def forward(self, x):
        return torch.relu(self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x))))))


def bottleneck(name, parameters, channels, size, module, weights):
    return both(name, {"width": 2, "filters": 8, **parameters}, {"input": image(*size, channels)}, module, weights)


def basic(name, parameters, size, module, weights=BASIC, **rest):
    return both(name, parameters, {"input": image(*size, **rest)}, module, weights)


def squeezed(module, channels, middle):
    module.se = SEModule(channels, rd_channels=middle)
    return module


def pre_activation(channels, stride=1):
    """timm rounds the middle to a multiple of 8."""
    return PreActBottleneck(
        channels, 16, bottle_ratio=0.5, stride=stride, conv_layer=create_conv2d, norm_layer=NormRelu,
        proj_layer=None if channels == 16 else Downsample,
    )


class NormRelu(nn.BatchNorm2d):
    """What timm's pre-activation block makes of its norm: a batch norm and, unless told otherwise, a ReLU."""

    def forward(self, x):
        return torch.relu(super().forward(x))


class Downsample(nn.Conv2d):
    """The projection of timm's pre-activation block: a convolution without a norm."""

    def __init__(self, channels, filters, stride=1, **_):
        super().__init__(channels, filters, 1, stride, bias=False)


class RawShortcut(nn.Module):
    """timm's pre-activation block with option A, which reads the input as it came."""

    def __init__(self, channels, stride):
        super().__init__()
        self.block = pre_activation(channels, stride)
        self.block.downsample = None
        self.shortcut = ZeroPad(16 - channels, stride)

    def forward(self, x):
        activated = self.block.norm1(x)
        branch = self.block.conv3(self.block.norm3(self.block.conv2(self.block.norm2(self.block.conv1(activated)))))
        return branch + self.shortcut(x)


class Activated(nn.Module):
    """The projection alone: of its inputs it reads the second."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        self.conv = nn.Conv2d(channels, filters, 1, stride, bias=False)

    def forward(self, _, activated):
        return self.conv(activated)


class Wide(nn.Module):
    """Zagoruyko and Komodakis 2016: dropout between two 3x3 convolutions, norms and ReLUs before them."""

    def __init__(self, channels, filters, stride, project=None, drop=None):
        super().__init__()
        self.bn1, self.conv1 = nn.BatchNorm2d(channels), nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.bn2, self.conv2 = nn.BatchNorm2d(filters), nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.projection, self.drop = project, drop

    def forward(self, x):
        activated = torch.relu(self.bn1(x))
        y = torch.relu(self.bn2(self.conv1(activated)))
        y = self.drop(y) if self.training and self.drop is not None else y
        return self.conv2(y) + (x if self.projection is None else self.projection(activated))


class Highway(nn.Module):
    """Srivastava et al. 2015, equation 3."""

    def __init__(self, channels, size):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, size, 1, size // 2)

    def forward(self, x, transformed):
        gate = torch.sigmoid(self.conv(x))
        return gate * transformed + (1 - gate) * x


WIDE = pairs(bn1="bn1", conv1="conv1", bn2="bn2", conv2="conv2")
PRE = pairs(bn1="norm1", conv1="conv1", bn2="norm2", conv2="conv2", bn3="norm3", conv3="conv3")

REFERENCES = {
    "residual-basic": [
        *basic("identity", {"filters": 3}, (4, 5, 3), BasicBlock(3, 3)),
        *basic("identity, scale 0 at first", {"filters": 3, "zeroScale": True}, (4, 5, 3), BasicBlock(3, 3)),
        *basic("projection, stride 2", {"filters": 4, "stride": 2, "shortcut": "projection"}, (6, 5, 3), BasicBlock(3, 4, 2, projection(3, 4, 2)), BASIC | PROJECTION),
        *basic("zero-pad, stride 2", {"filters": 6, "stride": 2, "shortcut": "zero-pad"}, (6, 5, 3), BasicBlock(3, 6, 2, ZeroPad(3, 2))),
        *basic("zero-pad, stride 1", {"filters": 4, "shortcut": "zero-pad"}, (4, 4, 2), BasicBlock(2, 4, 1, ZeroPad(2, 1))),
    ],
    "plain-basic": basic("stride 2", {"filters": 4, "stride": 2}, (6, 5, 3), PlainBasic(3, 4, 2)),
    "residual-bottleneck": [
        *bottleneck("identity", {}, 8, (4, 5), Bottleneck(8, 2), DEEP),
        *bottleneck("projection", {"shortcut": "projection"}, 3, (4, 4), Bottleneck(3, 2, 1, projection(3, 8, 1)), DEEP | PROJECTION),
        *bottleneck("projection, stride 2", {"stride": 2, "shortcut": "projection"}, 4, (6, 5), Bottleneck(4, 2, 2, projection(4, 8, 2)), DEEP | PROJECTION),
        *bottleneck("zero-pad, stride 2", {"stride": 2, "shortcut": "zero-pad"}, 5, (6, 6), Bottleneck(5, 2, 2, ZeroPad(3, 2)), DEEP),
        *bottleneck(
            "groups of ResNeXt, stride 2", {"width": 4, "groups": 2, "stride": 2, "shortcut": "projection"}, 4, (6, 5),
            Bottleneck(4, 2, 2, projection(4, 8, 2), groups=2, base_width=64), DEEP | PROJECTION,
        ),
        *bottleneck("twice as wide", {"width": 4}, 8, (4, 4), Bottleneck(8, 2, base_width=128), DEEP),
    ],
    "residual-bottleneck-se": [
        *bottleneck("identity", {"squeezed": 3}, 8, (4, 5), squeezed(SqueezedBottleneck(8, 2), 8, 3), DEEP | squeeze("se", "se", 8, 3)),
        *bottleneck(
            "projection, stride 2", {"squeezed": 2, "stride": 2, "shortcut": "projection"}, 4, (6, 5),
            squeezed(SqueezedBottleneck(4, 2, 2, projection(4, 8, 2)), 8, 2), DEEP | PROJECTION | squeeze("se", "se", 8, 2),
        ),
    ],
    "residual-pre-activation": [
        *both("identity", {"width": 8, "filters": 16}, {"input": image(3, 2, 16)}, pre_activation(16), PRE),
        *both(
            "projection", {"width": 8, "filters": 16, "shortcut": "projection"}, {"input": image(3, 2, 4)},
            pre_activation(4), PRE | kernel("projection.conv", "downsample"),
        ),
        *both(
            "projection, stride 2", {"width": 8, "filters": 16, "stride": 2, "shortcut": "projection"}, {"input": image(4, 3, 4)},
            pre_activation(4, 2), PRE | kernel("projection.conv", "downsample"),
        ),
        *both(
            "zero-pad, stride 2", {"width": 8, "filters": 16, "stride": 2, "shortcut": "zero-pad"}, {"input": image(4, 3, 4)},
            RawShortcut(4, 2), {name: f"block.{parameter}" for name, parameter in PRE.items()},
        ),
    ],
    "pre-activation-projection": both(
        "stride 2", {"filters": 4, "stride": 2}, {"input": image(4, 3, 2), "activated": image(4, 3, 2)}, Activated(2, 4, 2), kernel("conv", "conv")
    ),
    "residual-resnext": [
        *both(
            "projection, stride 2", {"filters": 64, "cardinality": 2, "groupWidth": 8, "stride": 2, "shortcut": "projection"}, {"input": image(4, 3, 3)},
            Bottleneck(3, 16, 2, projection(3, 64, 2), groups=2, base_width=8), DEEP | PROJECTION,
        ),
        *both(
            "identity", {"filters": 64, "cardinality": 2, "groupWidth": 4}, {"input": image(2, 3, 64)},
            Bottleneck(64, 16, groups=2, base_width=4), DEEP,
        ),
    ],
    "residual-wide": [
        *both("identity", {"filters": 3}, {"input": image(4, 3, 3)}, Wide(3, 3, 1), WIDE),
        *both("projection, stride 2", {"filters": 4, "stride": 2, "shortcut": "projection"}, {"input": image(5, 4, 3)}, Wide(3, 4, 2, nn.Conv2d(3, 4, 1, 2, bias=False)), WIDE | kernel("projection.conv", "projection")),
        *both(
            "dropout", {"filters": 2, "rate": 0.3}, {"input": image(3, 3, 2)},
            Wide(2, 2, 1, drop=Masked(0.3, [2, 3, 3, 2], "block.dropout")), WIDE,
        ),
    ],
    "highway-gate": [
        *both("3x3", {"filters": 3}, {"input": image(4, 3, 3), "transformed": image(4, 3, 3)}, Highway(3, 3), linear("conv", "conv")),
        *both("1x1", {"filters": 2, "kernel": 1, "carry": -1}, {"input": image(2, 3, 2), "transformed": image(2, 3, 2)}, Highway(2, 1), linear("conv", "conv")),
    ],
    "residual-rezero": [
        *basic("stride 1", {"filters": 3}, (4, 4, 3), ReZero(3, 3, 1), linear("conv1", "conv1") | linear("conv2", "conv2") | {"alpha.alpha": "alpha"}),
        *basic("stride 2", {"filters": 5, "stride": 2}, (6, 5, 2), ReZero(2, 5, 2), linear("conv1", "conv1") | linear("conv2", "conv2") | {"alpha.alpha": "alpha"}),
    ],
    "residual-stochastic-depth": [
        *basic("identity", {"filters": 3, "rate": 0.4}, (3, 3, 3), StochasticBasic(Masked(0.4, [5, 1, 1, 1], "block.dropPath"), 3, 3), batch=5),
        *basic(
            "zero-pad, stride 2", {"filters": 4, "rate": 0.5, "stride": 2, "shortcut": "zero-pad"}, (4, 4, 2),
            StochasticBasic(Masked(0.5, [5, 1, 1, 1], "block.dropPath"), 2, 4, 2, ZeroPad(2, 2)), batch=5,
        ),
        *basic(
            "the second of a ramp of four", {"filters": 3, "rate": 0.8, "before": 1, "total": 4}, (3, 3, 3),
            StochasticBasic(Masked(0.4, [5, 1, 1, 1], "block.dropPath"), 3, 3), batch=5,
        ),
        *basic(
            "projection, never dropped", {"filters": 4, "rate": 0, "stride": 2, "shortcut": "projection"}, (4, 4, 2),
            BasicBlock(2, 4, 2, projection(2, 4, 2)), BASIC | PROJECTION,
        ),
    ],
    "squeeze-excitation": [
        *both("torchvision's", {"channels": 6, "squeezed": 2}, {"input": image(3, 4, 6)}, SqueezeExcitation(6, 2), squeeze("", "", 6, 2)),
        *both("timm's", {"channels": 6, "squeezed": 3}, {"input": image(3, 4, 6)}, SEModule(6, rd_channels=3), squeeze("", "", 6, 3)),
    ],
    "squeeze-excitation-silu": both(
        "torchvision's", {"channels": 6, "squeezed": 2}, {"input": image(3, 4, 6)}, SqueezeExcitation(6, 2, nn.SiLU), squeeze("", "", 6, 2)
    ),
}
