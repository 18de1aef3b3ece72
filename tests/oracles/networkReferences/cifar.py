"""Residual networks for 32x32 images, made of the blocks that were checked one by one."""

import torch
from blockReferences.dense import layers
from blockReferences.mapping import kernel, linear, norm, pairs
from blockReferences.residual import BASIC, PRE, WIDE, Downsample, NormRelu, PlainBasic, ReZero, Wide, ZeroPad
from timm.layers import create_conv2d
from timm.models.resnetv2 import PreActBottleneck
from torch import nn
from torchvision.models.densenet import _DenseBlock, _Transition
from torchvision.models.resnet import BasicBlock
from wholeNetwork import Network, square


class Cifar(nn.Module):
    """A 3x3 convolution, stages, the mean of what comes out, and a dense layer."""

    def __init__(self, stem, stages, head, channels):
        super().__init__()
        self.stem, self.stages, self.head, self.dense = stem, nn.ModuleList(stages), head, nn.Linear(channels, 10)

    def forward(self, x):
        x = self.stem(x)
        for stage in self.stages:
            x = stage(x)
        return self.dense(self.head(x).mean(dim=(2, 3)))


def basic_stages(count, block):
    stages, channels = [], 16
    for stage, filters in enumerate((16, 32, 64)):
        blocks = []
        for index in range(count):
            blocks.append(block(channels, filters, 2 if stage > 0 and index == 0 else 1))
            channels = filters
        stages.append(nn.Sequential(*blocks))
    return stages


def inside(ours, theirs, weights):
    return {f"{ours}.{weight}": f"{theirs}.{parameter}" for weight, parameter in weights.items()}


def basic(count, block, within=BASIC, normed=True, gain=3):
    def build():
        stem = [nn.Conv2d(3, 16, 3, padding=1, bias=not normed), *([nn.BatchNorm2d(16)] if normed else []), nn.ReLU()]
        return Cifar(nn.Sequential(*stem), basic_stages(count, block), nn.Identity(), 64)

    def weights(_):
        names = (pairs(conv="stem.0", bn="stem.1") if normed else linear("conv", "stem.0")) | linear("dense", "dense")
        for stage in range(3):
            for index in range(count):
                names |= inside(f"stage{stage + 1}[{index}]", f"stages.{stage}.{index}", within)
        return names

    return Network(build, weights, every=1, gain=gain, **square(32))


def residual(channels, filters, stride):
    return BasicBlock(channels, filters, stride, ZeroPad(filters - channels, stride) if stride > 1 else None)


def pre_activated(count, gain=3):
    """He et al. 2016: bottlenecks, the first of a stage with a projection."""

    def build():
        stages, channels = [], 16
        for stage, filters in enumerate((64, 128, 256)):
            blocks = []
            for index in range(count):
                stride = 2 if stage > 0 and index == 0 else 1
                blocks.append(
                    PreActBottleneck(
                        channels, filters, bottle_ratio=0.25, stride=stride, conv_layer=create_conv2d, norm_layer=NormRelu,
                        proj_layer=Downsample if index == 0 else None,
                    )
                )
                channels = filters
            stages.append(nn.Sequential(*blocks))
        return Cifar(nn.Conv2d(3, 16, 3, padding=1, bias=False), stages, NormRelu(256), 256)

    def weights(_):
        names = kernel("conv", "stem") | norm("bn", "head") | linear("dense", "dense")
        for stage in range(3):
            for index in range(count):
                within = PRE | (kernel("projection.conv", "downsample") if index == 0 else {})
                names |= inside(f"stage{stage + 1}[{index}]", f"stages.{stage}.{index}", within)
        return names

    return Network(build, weights, every=1, gain=gain, **square(32))


def wide(count, factor):
    """Zagoruyko and Komodakis 2016."""

    def build():
        stages, channels = [], 16
        for stage, filters in enumerate((16 * factor, 32 * factor, 64 * factor)):
            blocks = []
            for index in range(count):
                stride = 2 if stage > 0 and index == 0 else 1
                project = nn.Conv2d(channels, filters, 1, stride, bias=False) if index == 0 else None
                blocks.append(Wide(channels, filters, stride, project))
                channels = filters
            stages.append(nn.Sequential(*blocks))
        return Cifar(nn.Conv2d(3, 16, 3, padding=1, bias=False), stages, NormRelu(channels), channels)

    def weights(_):
        names = kernel("conv", "stem") | norm("bn", "head") | linear("dense", "dense")
        for stage in range(3):
            for index in range(count):
                within = WIDE | (kernel("projection.conv", "projection") if index == 0 else {})
                names |= inside(f"stage{stage + 1}[{index}]", f"stages.{stage}.{index}", within)
        return names

    return Network(build, weights, every=1, **square(32))


def dense_bc():
    """Three blocks of 16 layers, growth 12, compressed by half between them."""

    def build():
        blocks = [_DenseBlock(16, 24, 4, 12, 0), _Transition(216, 108), _DenseBlock(16, 108, 4, 12, 0)]
        blocks += [_Transition(300, 150), _DenseBlock(16, 150, 4, 12, 0)]
        return Cifar(nn.Conv2d(3, 24, 3, padding=1, bias=False), blocks, nn.Sequential(nn.BatchNorm2d(342), nn.ReLU()), 342)

    def weights(_):
        names = kernel("conv", "stem") | norm("finalBn", "head.0") | linear("dense", "dense")
        for block in range(3):
            names |= {f"block{block + 1}{weight}": f"stages.{2 * block}.{parameter}" for weight, parameter in layers(16).items()}
        for transition in range(2):
            names |= inside(f"transition{transition + 1}", f"stages.{2 * transition + 1}", pairs(bn="norm", conv="conv"))
        return names

    return Network(build, weights, every=1, **square(32))


class First(nn.Module):
    """The residual connection that the start card opens."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(1, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32)
        self.conv2, self.bn2 = nn.Conv2d(32, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32)
        self.dense = nn.Linear(32, 10)

    def forward(self, x):
        x = torch.relu(self.bn1(self.conv1(x)))
        return self.dense(torch.relu(self.bn2(self.conv2(x)) + x).mean(dim=(2, 3)))


REZERO = linear("conv1", "conv1") | linear("conv2", "conv2") | {"alpha.alpha": "alpha"}

REFERENCES = {
    "first-residual": Network(First, lambda _: BASIC | linear("dense", "dense"), every=1, **square(8, 1)),
    **{f"resnet-{6 * count + 2}": basic(count, residual) for count in (3, 5, 7, 9, 18)},
    **{f"plain-{6 * count + 2}": basic(count, PlainBasic, gain=6) for count in (3, 5, 9)},
    "resnet-110-stochastic-depth": basic(18, residual),
    "resnet-56-rezero": basic(9, ReZero, REZERO, normed=False),
    "resnet-164": pre_activated(18),
    "resnet-1001": pre_activated(111, gain=1.5),
    "wide-resnet-28-10": wide(4, 10),
    "densenet-bc-100": dense_bc(),
}
