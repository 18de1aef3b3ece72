"""Other convolutional networks for ImageNet, checked by torchvision's."""

import torchvision
from blockReferences.convnext import layer_norm, weights as convnext_block
from blockReferences.mapping import kernel, linear, norm, pairs, squeeze
from torch import nn
from wholeNetwork import Network, square


def vgg(name, size=64):
    """torchvision pools to 7x7 before its dense layers; at another size than 224 the first of them has another width."""

    def build():
        module = getattr(torchvision.models, name)()
        module.avgpool = nn.Identity()
        module.classifier[0] = nn.Linear(512 * (size // 32) ** 2, 4096)
        return module

    def weights(module):
        names, stage, layer, last = {}, 1, 0, ""
        for index, part in enumerate(module.features):
            if isinstance(part, nn.Conv2d):
                layer += 1
                last = f"{stage}-{layer}"
                names |= linear(f"conv{last}", f"features.{index}")
            elif isinstance(part, nn.BatchNorm2d):
                names |= norm(f"bn{last}", f"features.{index}")
            elif isinstance(part, nn.MaxPool2d):
                stage, layer = stage + 1, 0
        for number, index in enumerate((0, 3, 6), start=1):
            names |= linear(f"dense{number}", f"classifier.{index}")
        return names

    return Network(build, weights, gain=6, **square(size))


def densenet(module):
    weights = pairs(conv="features.conv0", bn="features.norm0", finalBn="features.norm5") | linear("dense", "classifier")
    for block in range(1, 5):
        layers = module.features.get_submodule(f"denseblock{block}")
        for index in range(len(layers)):
            ours, theirs = f"block{block}[{index}]", f"features.denseblock{block}.denselayer{index + 1}"
            for part in (1, 2):
                weights |= norm(f"{ours}.bn{part}", f"{theirs}.norm{part}") | kernel(f"{ours}.conv{part}", f"{theirs}.conv{part}")
        if block < 4:
            theirs = f"features.transition{block}"
            weights |= norm(f"transition{block}.bn", f"{theirs}.norm") | kernel(f"transition{block}.conv", f"{theirs}.conv")
    return weights


def mobilenet(module):
    """torchvision's blocks are numbered through; ours are stages whose first block is one of its own."""
    weights = pairs(conv="features.0.0", bn="features.0.1", lastConv="features.18.0", lastBn="features.18.1")
    weights |= linear("dense", "classifier.1")
    number = 0
    for stage, count in enumerate((1, 2, 3, 4, 3, 3, 1), start=1):
        for index in range(count):
            number += 1
            ours, theirs = first_or_rest(stage, index), f"features.{number}.conv"
            layers = [part for part in module.features[number].conv]
            parts = ["expand", "depthwise", "project"][-(len(layers) - 1) :]
            for place, part in enumerate(parts[:-1]):
                weights |= kernel(f"{ours}.{part}", f"{theirs}.{place}.0") | norm(f"{ours}.{part}Bn", f"{theirs}.{place}.1")
            last = len(parts) - 1
            weights |= kernel(f"{ours}.project", f"{theirs}.{last}") | norm(f"{ours}.projectBn", f"{theirs}.{last + 1}")
    return weights


def first_or_rest(stage, index):
    return f"stage{stage}first" if index == 0 else f"stage{stage}[{index - 1}]"


def efficientnet(module):
    weights = pairs(conv="features.0.0", bn="features.0.1", lastConv="features.8.0", lastBn="features.8.1")
    weights |= linear("dense", "classifier.1")
    for stage in range(1, 8):
        for index, block in enumerate(module.features[stage]):
            ours, theirs = first_or_rest(stage, index), f"features.{stage}.{index}.block"
            parts = ["expand", "depthwise", "se", "project"][-len(block.block) :]
            for place, part in enumerate(parts):
                if part == "se":
                    squeezed, channels = block.block[place].fc1.weight.shape[:2]
                    weights |= squeeze(f"{ours}.se", f"{theirs}.{place}", channels, squeezed)
                else:
                    weights |= kernel(f"{ours}.{part}", f"{theirs}.{place}.0") | norm(f"{ours}.{part}Bn", f"{theirs}.{place}.1")
    return weights


def mobilenet3(module):
    """Our blocks are numbered from 1, two equal ones in a row being one block repeated."""
    weights = pairs(conv="features.0.0", bn="features.0.1", lastConv="features.16.0", lastBn="features.16.1")
    weights |= linear("hidden", "classifier.0") | linear("dense", "classifier.3")
    ours = ["1", "2", "3", "4", "5[0]", "5[1]", "6", "7", "8[0]", "8[1]", "9", "10", "11", "12[0]", "12[1]"]
    for number, name in enumerate(ours, start=1):
        block, theirs = module.features[number].block, f"features.{number}.block"
        parts = ["depthwise", "project"]
        if any(hasattr(part, "fc1") for part in block):
            parts.insert(1, "se")
        if len(block) > len(parts):
            parts.insert(0, "expand")
        for place, part in enumerate(parts):
            if part == "se":
                squeezed, channels = block[place].fc1.weight.shape[:2]
                weights |= squeeze(f"block{name}.se", f"{theirs}.{place}", channels, squeezed)
            else:
                weights |= kernel(f"block{name}.{part}", f"{theirs}.{place}.0") | norm(f"block{name}.{part}Bn", f"{theirs}.{place}.1")
    return weights


def convnext(module):
    names = linear("stem", "features.0.0") | layer_norm("stemNorm", "features.0.1")
    names |= layer_norm("norm", "classifier.0") | linear("dense", "classifier.2")
    for stage in range(1, 5):
        for index, block in enumerate(module.features[2 * stage - 1]):
            theirs = f"features.{2 * stage - 1}.{index}."
            of = convnext_block(block.block[0].out_channels, theirs)
            names |= {f"stage{stage}[{index}].{weight}": parameter for weight, parameter in of.items()}
        if stage < 4:
            theirs = f"features.{2 * stage}"
            names |= layer_norm(f"downsample{stage}.norm", f"{theirs}.0") | linear(f"downsample{stage}.conv", f"{theirs}.1")
    return names


def of_torchvision(name, weights, size=64, gain=3):
    return Network(lambda: getattr(torchvision.models, name)(), weights, gain=gain, **square(size))


REFERENCES = {
    **{f"vgg-{depth}{'-bn' if bn else ''}": vgg(f"vgg{depth}{'_bn' if bn else ''}") for depth in (11, 16, 19) for bn in (False, True)},
    **{f"densenet-{depth}": of_torchvision(f"densenet{depth}", densenet) for depth in (121, 169, 201)},
    "mobilenet-v2": of_torchvision("mobilenet_v2", mobilenet, gain=3),
    "mobilenet-v3-large": of_torchvision("mobilenet_v3_large", mobilenet3, gain=4),
    "convnext-tiny": of_torchvision("convnext_tiny", convnext),
    "efficientnet-b0": of_torchvision("efficientnet_b0", efficientnet, gain=5.4),
    "efficientnet-b1": of_torchvision("efficientnet_b1", efficientnet, gain=5.2),
}
