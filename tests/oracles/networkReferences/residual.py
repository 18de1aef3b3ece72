"""Residual networks for ImageNet, checked by torchvision's and timm's."""

import timm
import torchvision
from blockReferences.mapping import kernel, linear, norm, pairs, squeeze
from reference import Part
from wholeNetwork import Network, square


def resnet(module, excited=False):
    """Our stages are repeated blocks; the first of a stage has a projection where torchvision has a `downsample`."""
    weights = pairs(conv="conv1", bn="bn1") | linear("dense", "fc")
    for stage in range(1, 5):
        for index, block in enumerate(getattr(module, f"layer{stage}")):
            ours, theirs = f"stage{stage}[{index}]", f"layer{stage}.{index}"
            for layer in range(1, 4 if hasattr(block, "conv3") else 3):
                weights |= kernel(f"{ours}.conv{layer}", f"{theirs}.conv{layer}") | norm(f"{ours}.bn{layer}", f"{theirs}.bn{layer}")
            if block.downsample is not None:
                weights |= kernel(f"{ours}.projection", f"{theirs}.downsample.0") | norm(f"{ours}.projectionBn", f"{theirs}.downsample.1")
            if excited:
                squeezed, channels = block.se.fc1.weight.shape[:2]
                weights |= squeeze(f"{ours}.se", f"{theirs}.se", channels, squeezed)
    return weights


def pre_activation(module):
    weights = kernel("conv", "stem.conv") | norm("bn", "norm")
    weights |= {"dense.kernel": dense_of_convolution("head.fc", module), "dense.bias": "head.fc.bias"}
    for stage, blocks in enumerate(module.stages):
        for index, _ in enumerate(blocks.blocks):
            ours, theirs = f"stage{stage + 1}[{index}]", f"stages.{stage}.blocks.{index}"
            for layer in range(1, 4):
                weights |= kernel(f"{ours}.conv{layer}", f"{theirs}.conv{layer}") | norm(f"{ours}.bn{layer}", f"{theirs}.norm{layer}")
            if index == 0:
                weights |= kernel(f"{ours}.projection.conv", f"{theirs}.downsample.conv")
    return weights


def dense_of_convolution(name, module):
    """timm's head is a 1x1 convolution of a 1x1 image."""
    filters, channels = module.get_submodule(name).weight.shape[:2]
    return Part(f"{name}.weight", (1, 0), dims=(filters, channels))


def of_torchvision(name, weights=resnet, size=64):
    return Network(lambda: getattr(torchvision.models, name)(), weights, **square(size))


def of_timm(name, weights, size=64):
    return Network(lambda: timm.create_model(name), weights, **square(size))


REFERENCES = {
    **{f"resnet-{depth}": of_torchvision(f"resnet{depth}") for depth in (18, 34, 50, 101, 152)},
    "resnext-50-32x4d": of_torchvision("resnext50_32x4d"),
    "wide-resnet-50-2": of_torchvision("wide_resnet50_2"),
    "se-resnet-50": of_timm("seresnet50", lambda module: resnet(module, excited=True)),
    "resnet-v2-50": of_timm("resnetv2_50", pre_activation),
    "resnet-v2-101": of_timm("resnetv2_101", pre_activation),
}
