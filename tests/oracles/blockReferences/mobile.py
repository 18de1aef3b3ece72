"""Inverted residuals of MobileNet-V2 and V3 and EfficientNet, checked by torchvision's."""

from functools import partial

from blockReferences.mapping import both, pairs, squeeze
from opReferences.regularization import Masked
from reference import image
from torch import nn
from torchvision.models.efficientnet import MBConv, MBConvConfig
from torchvision.models.mobilenetv2 import InvertedResidual
from torchvision.models.mobilenetv3 import InvertedResidual as InvertedResidual3, InvertedResidualConfig
from torchvision.ops import SqueezeExcitation


def inverted(name, parameters, channels, size, module):
    """torchvision puts the layers in one row: [expand] depthwise, project."""
    weights, first = {}, 0
    if parameters.get("expanded", True):
        weights |= pairs(expand="conv.0.0", expandBn="conv.0.1")
        first = 1
    weights |= pairs(depthwise=f"conv.{first}.0", depthwiseBn=f"conv.{first}.1")
    weights |= pairs(project=f"conv.{first + 1}", projectBn=f"conv.{first + 2}")
    return both(name, parameters, {"input": image(*size, channels)}, module, weights)


def mbconv(name, parameters, channels, size, ratio, rate=0, batch=2):
    filters, hidden = parameters["filters"], parameters["hidden"]
    config = MBConvConfig(ratio, parameters.get("kernel", 3), parameters.get("stride", 1), channels, filters, 1)
    config.input_channels, config.out_channels = channels, filters
    module = MBConv(config, 0, nn.BatchNorm2d, se_layer=partial(squeeze_of, parameters["squeezed"]))
    if rate > 0:
        module.stochastic_depth = DropInTraining(Masked(rate, [batch, 1, 1, 1], "block.dropPath"))
    weights, first = {}, 0
    if ratio > 1:
        weights |= pairs(expand="block.0.0", expandBn="block.0.1")
        first = 1
    weights |= pairs(depthwise=f"block.{first}.0", depthwiseBn=f"block.{first}.1")
    weights |= squeeze("se", f"block.{first + 1}", hidden, parameters["squeezed"])
    weights |= pairs(project=f"block.{first + 2}.0", projectBn=f"block.{first + 2}.1")
    for norm in (layer for layer in module.modules() if isinstance(layer, nn.BatchNorm2d)):
        assert (norm.eps, norm.momentum) == (1e-5, 0.1)
    return both(name, parameters, {"input": image(*size, channels, batch=batch)}, module, weights)


def squeeze_of(squeezed, channels, _, activation):
    """The layer with a middle of our choice instead of a quarter of the channels that come in."""
    return SqueezeExcitation(channels, squeezed, activation)


class DropInTraining(nn.Module):
    def __init__(self, drop):
        super().__init__()
        self.drop = drop

    def forward(self, x):
        return self.drop(x) if self.training else x


def inverted3(name, parameters, channels, size):
    """torchvision rounds channels to multiples of 8, and skips where it can."""
    parameters = {"filters": 8, "hidden": 16, "squeezed": 8} | parameters
    filters, hidden, excited = parameters["filters"], parameters["hidden"], parameters.get("excited", True)
    swish, stride = parameters.get("activation", "hard-swish") == "hard-swish", parameters.get("stride", 1)
    config = InvertedResidualConfig(channels, parameters.get("kernel", 3), hidden, filters, excited, "HS" if swish else "RE", stride, 1, 1)
    module = InvertedResidual3(config, partial(nn.BatchNorm2d, eps=0.001, momentum=0.01))
    assert module.use_res_connect == parameters.get("skip", True)
    weights, first = {}, 0
    if hidden != channels:
        weights |= pairs(expand="block.0.0", expandBn="block.0.1")
        first = 1
    weights |= pairs(depthwise=f"block.{first}.0", depthwiseBn=f"block.{first}.1")
    if excited:
        weights |= squeeze("se", f"block.{first + 1}", hidden, parameters["squeezed"])
        first += 1
    weights |= pairs(project=f"block.{first + 1}.0", projectBn=f"block.{first + 1}.1")
    return both(name, parameters, {"input": image(*size, channels)}, module, weights)


REFERENCES = {
    "inverted-residual-v3": [
        *inverted3("hard swish and excitation, skip", {}, 8, (4, 3)),
        *inverted3("ReLU, 5x5, stride 2", {"activation": "relu", "kernel": 5, "stride": 2, "excited": False, "skip": False}, 8, (5, 4)),
        *inverted3("not expanded", {"hidden": 8, "expanded": False, "activation": "relu"}, 8, (3, 2)),
    ],
    "squeeze-excitation-hard": both(
        "torchvision's", {"channels": 6, "squeezed": 2}, {"input": image(3, 4, 6)}, SqueezeExcitation(6, 2, scale_activation=nn.Hardsigmoid),
        squeeze("", "", 6, 2),
    ),
    "inverted-residual": [
        *inverted("expansion 3", {"filters": 3, "hidden": 9}, 3, (4, 5), InvertedResidual(3, 3, 1, 3)),
        *inverted("not expanded", {"filters": 3, "hidden": 3, "expanded": False}, 3, (4, 4), InvertedResidual(3, 3, 1, 1)),
    ],
    "inverted-residual-change": [
        *inverted("stride 2", {"filters": 3, "hidden": 8, "stride": 2}, 2, (6, 5), InvertedResidual(2, 3, 2, 4)),
        *inverted("not expanded", {"filters": 2, "hidden": 4, "expanded": False}, 4, (4, 4), InvertedResidual(4, 2, 1, 1)),
    ],
    # torchvision rounds what is inside to a multiple of 8.
    "mbconv": [
        *mbconv("expansion 2", {"filters": 4, "hidden": 8, "squeezed": 2}, 4, (4, 5), 2),
        *mbconv("5x5, dropped", {"filters": 4, "hidden": 8, "squeezed": 2, "kernel": 5, "rate": 0.4}, 4, (3, 2), 2, rate=0.4, batch=5),
        *mbconv("not expanded", {"filters": 8, "hidden": 8, "squeezed": 1, "expanded": False}, 8, (3, 3), 1),
    ],
    "mbconv-change": [
        *mbconv("5x5, stride 2", {"filters": 3, "hidden": 8, "squeezed": 2, "kernel": 5, "stride": 2}, 2, (6, 5), 4),
        *mbconv("not expanded", {"filters": 2, "hidden": 8, "squeezed": 1, "expanded": False}, 8, (3, 3), 1),
    ],
}
