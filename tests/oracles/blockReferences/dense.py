"""The parts of DenseNet-BC, checked by torchvision's."""

from blockReferences.mapping import both, pairs
from reference import image
from torch import nn
from torchvision.models.densenet import _DenseBlock, _Transition


def layers(count):
    weights = {}
    for index in range(count):
        theirs = f"denselayer{index + 1}"
        of = pairs(bn1=f"{theirs}.norm1", conv1=f"{theirs}.conv1", bn2=f"{theirs}.norm2", conv2=f"{theirs}.conv2")
        weights |= {f"[{index}].{weight}": parameter for weight, parameter in of.items()}
    return weights


REFERENCES = {
    "dense-layer": [
        *both("three of them", {"growth": 2}, {"input": image(3, 4, 3)}, _DenseBlock(3, 3, 4, 2, 0), layers(3), extra={"repeat": 3}),
    ],
    "dense-transition": both(
        "5 channels to 3", {"filters": 3}, {"input": image(5, 4, 5)}, _Transition(5, 3), pairs(bn="norm", conv="conv")
    ),
}
