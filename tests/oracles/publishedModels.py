"""Writes tests/golden/published-models.json: parameters and multiply-accumulates of published networks.

Counted from the models of torchvision, timm and transformers; the small residual networks, which neither has, are written down here from
their papers. Nothing is computed: the models live on PyTorch's meta device, which has shapes only.

    python tests/oracles/publishedModels.py
"""

import json
import math
import pathlib

import timm
import torch
import torch.nn.functional as F
import torchvision.models as vision
from torch import nn
from transformers import BertConfig, BertModel, GPT2Config, GPT2LMHeadModel
from transformers.pytorch_utils import Conv1D


def conv(channels, filters, kernel, stride=1, bias=False):
    return nn.Conv2d(channels, filters, kernel, stride, kernel // 2, bias=bias)


class Basic(nn.Module):
    """He et al. 2015, two 3x3 convolutions; the shortcut without parameters (option A) does not count."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        self.branch = nn.Sequential(
            conv(channels, filters, 3, stride), nn.BatchNorm2d(filters), nn.ReLU(), conv(filters, filters, 3), nn.BatchNorm2d(filters), nn.ReLU()
        )

    def forward(self, x):
        return self.branch(x)


class ReZero(nn.Module):
    """Bachlechner et al. 2020: biases and one learned factor in place of the norms."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        self.branch = nn.Sequential(conv(channels, filters, 3, stride, True), nn.ReLU(), conv(filters, filters, 3, 1, True))
        self.alpha = nn.Parameter(torch.zeros(1))

    def forward(self, x):
        return self.alpha * self.branch(x)


class PreActivation(nn.Module):
    """He et al. 2016, a bottleneck a quarter as wide inside; a 1x1 convolution projects where the channels change."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        width = filters // 4
        self.first = nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU())
        self.branch = nn.Sequential(
            conv(channels, width, 1), nn.BatchNorm2d(width), nn.ReLU(), conv(width, width, 3, stride), nn.BatchNorm2d(width), nn.ReLU(),
            conv(width, filters, 1),
        )
        self.projection = conv(channels, filters, 1, stride) if channels != filters else None

    def forward(self, x):
        activated = self.first(x)
        return self.branch(activated) + (x if self.projection is None else self.projection(activated))


class Wide(nn.Module):
    """Zagoruyko and Komodakis 2016, two 3x3 convolutions in pre-activation order."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        self.first = nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU())
        self.branch = nn.Sequential(conv(channels, filters, 3, stride), nn.BatchNorm2d(filters), nn.ReLU(), conv(filters, filters, 3))
        self.projection = conv(channels, filters, 1, stride) if channels != filters else None

    def forward(self, x):
        activated = self.first(x)
        return self.branch(activated) + (x if self.projection is None else self.projection(activated))


def small(block, repeat, widths=(16, 32, 64), stem=(), bias=False, end=()):
    """A network for 32x32 images: a stem of 16 channels, three stages, a mean and a linear map to ten classes."""
    layers, channels = [conv(3, 16, 3, 1, bias), *stem], 16
    for stage, width in enumerate(widths):
        for index in range(repeat):
            layers.append(block(channels, width, 2 if stage > 0 and index == 0 else 1))
            channels = width
    return nn.Sequential(*layers, *end, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))


def residual(depth):
    return small(Basic, (depth - 2) // 6, stem=(nn.BatchNorm2d(16), nn.ReLU()))


def pre_activation(depth):
    return small(PreActivation, (depth - 2) // 9, (64, 128, 256), end=(nn.BatchNorm2d(256), nn.ReLU()))


def densenet_bc():
    """Huang et al. 2017: 100 layers, growth 12, for 32x32 images; torchvision's blocks behind a 3x3 stem without pooling."""
    model = vision.DenseNet(12, (16, 16, 16), 24, num_classes=10)
    model.features.conv0 = conv(3, 24, 3)
    del model.features.norm0, model.features.relu0, model.features.pool0
    return model


class UNet(nn.Module):
    """Ronneberger et al. 2015, figure 1; with norms in place of biases and padding where asked for."""

    def __init__(self, channels, levels, classes, padded):
        super().__init__()

        def level(inner, outer):
            layers = []
            for before in (inner, outer):
                layers += [nn.Conv2d(before, outer, 3, 1, int(padded), bias=not padded), *([nn.BatchNorm2d(outer)] if padded else []), nn.ReLU()]
            return nn.Sequential(*layers)

        widths = [channels, *levels]
        self.down = nn.ModuleList(level(inner, outer) for inner, outer in zip(widths, levels))
        self.up = nn.ModuleList(nn.ConvTranspose2d(outer, inner, 2, 2) for inner, outer in zip(levels, levels[1:]))
        self.mix = nn.ModuleList(level(2 * inner, inner) for inner in levels[:-1])
        self.classes = nn.Conv2d(levels[0], classes, 1)

    def forward(self, x):
        skips = []
        for level in self.down:
            x = level(F.max_pool2d(x, 2) if skips else x)
            skips.append(x)
        for up, mix, skip in reversed(list(zip(self.up, self.mix, skips))):
            x = up(x)
            top, left = ((large - little) // 2 for large, little in zip(skip.shape[2:], x.shape[2:]))
            x = mix(torch.cat([skip[:, :, top : top + x.shape[2], left : left + x.shape[3]], x], 1))
        return self.classes(x)


MODELS = {
    **{f"vgg-{depth}{'-bn' if norm else ''}": getattr(vision, f"vgg{depth}{'_bn' if norm else ''}") for depth in (11, 16, 19) for norm in (False, True)},
    **{f"resnet-{depth}": getattr(vision, f"resnet{depth}") for depth in (18, 34, 50, 101, 152)},
    "resnext-50-32x4d": vision.resnext50_32x4d,
    "wide-resnet-50-2": vision.wide_resnet50_2,
    "resnet-v2-50": lambda: timm.create_model("resnetv2_50"),
    "resnet-v2-101": lambda: timm.create_model("resnetv2_101"),
    "se-resnet-50": lambda: timm.create_model("seresnet50"),
    **{f"densenet-{depth}": getattr(vision, f"densenet{depth}") for depth in (121, 169, 201)},
    "densenet-bc-100": densenet_bc,
    "mobilenet-v2": vision.mobilenet_v2,
    "mobilenet-v3-large": vision.mobilenet_v3_large,
    "efficientnet-b0": vision.efficientnet_b0,
    "efficientnet-b1": vision.efficientnet_b1,
    "convnext-tiny": vision.convnext_tiny,
    **{f"resnet-{depth}": lambda depth=depth: residual(depth) for depth in (20, 32, 44, 56, 110)},
    **{f"plain-{depth}": lambda depth=depth: residual(depth) for depth in (20, 32, 56)},
    "resnet-110-stochastic-depth": lambda: residual(110),
    "resnet-56-rezero": lambda: small(ReZero, 9, stem=(nn.ReLU(),), bias=True),
    "resnet-164": lambda: pre_activation(164),
    "resnet-1001": lambda: pre_activation(1001),
    "wide-resnet-28-10": lambda: small(Wide, 4, (160, 320, 640), end=(nn.BatchNorm2d(640), nn.ReLU())),
    "vit-small-16": lambda: timm.create_model("vit_small_patch16_224"),
    "vit-base-16": lambda: timm.create_model("vit_base_patch16_224"),
    "vit-base-32": lambda: timm.create_model("vit_base_patch32_224"),
    "bert-base": lambda: BertModel(BertConfig(), add_pooling_layer=True),
    "gpt-2": lambda: GPT2LMHeadModel(GPT2Config()),
    "u-net": lambda: UNet(1, [64, 128, 256, 512, 1024], 2, False),
    "u-net-padded": lambda: UNet(3, [16, 32, 64, 128], 5, True),
}
#: Language models read tokens.
TOKENS = {"bert-base": 512, "gpt-2": 1024}
SIZES = {"efficientnet-b1": (3, 240, 240), "u-net": (1, 572, 572), "u-net-padded": (3, 32, 32)}
SMALL = {"densenet-bc-100", "wide-resnet-28-10", "resnet-164", "resnet-1001", "resnet-56-rezero", "resnet-110-stochastic-depth"}
SMALL |= {f"{kind}-{depth}" for kind in ("resnet", "plain") for depth in (20, 32, 44, 56, 110)}


def macs_of(layer, inputs, output):
    """Convolutions and linear maps only, one image."""
    if isinstance(layer, nn.ConvTranspose2d):
        return inputs[0].numel() * math.prod(layer.kernel_size) * layer.out_channels // layer.groups
    if isinstance(layer, nn.Conv2d):
        return output.numel() * math.prod(layer.kernel_size) * layer.in_channels // layer.groups
    if isinstance(layer, Conv1D):
        # A linear map in spite of its name, with the kernel turned.
        return inputs[0].numel() * layer.nf
    return inputs[0].numel() * layer.out_features


def count(name):
    total = 0

    def add(layer, inputs, output):
        nonlocal total
        total += macs_of(layer, inputs, output)

    with torch.device("meta"):
        model = MODELS[name]().eval()
        for layer in model.modules():
            if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear, Conv1D)):
                layer.register_forward_hook(add)
        if name in TOKENS:
            model(input_ids=torch.zeros(1, TOKENS[name], dtype=torch.long))
            return sum(parameter.numel() for parameter in model.parameters()), total
        model(torch.empty(1, *SIZES.get(name, (3, 32, 32) if name in SMALL else (3, 224, 224))))
    return sum(parameter.numel() for parameter in model.parameters()), total


if __name__ == "__main__":
    target = pathlib.Path(__file__).parent.parent / "golden/published-models.json"
    golden = json.loads(target.read_text())
    # Networks of other kinds have entries of their own, which stay.
    for name in MODELS:
        golden["parameters"][name], golden["macs"][name] = count(name)
    target.write_text(json.dumps(golden, indent=2) + "\n")
