"""Blocks of ConvNeXt, checked by torchvision's."""

from blockReferences.mapping import both, linear
from opReferences.regularization import Masked
from reference import Part, image
from torch import nn
from torchvision.models.convnext import CNBlock, LayerNorm2d

NORM = {"scale": "weight", "offset": "bias"}


def layer_norm(ours, theirs):
    return {f"{ours}.{weight}": f"{theirs}.{parameter}" for weight, parameter in NORM.items()}


def pointwise(ours, theirs, inner, outer):
    """A 1x1 convolution here, a linear map of each pixel there."""
    return {f"{ours}.kernel": Part(f"{theirs}.weight", (2, 3, 1, 0), dims=(outer, inner, 1, 1)), f"{ours}.bias": f"{theirs}.bias"}


class Dropped(nn.Module):
    """torchvision's block with a mask that is ours."""

    def __init__(self, filters, drop):
        super().__init__()
        self.block, self.drop = CNBlock(filters, 1e-6, 0), drop

    def forward(self, x):
        branch = self.block.layer_scale * self.block.block(x)
        return x + (self.drop(branch) if self.training else branch)


def weights(filters, prefix=""):
    return {
        **linear("depthwise", f"{prefix}block.0"),
        **layer_norm("norm", f"{prefix}block.2"),
        **pointwise("expand", f"{prefix}block.3", filters, 4 * filters),
        **pointwise("project", f"{prefix}block.5", 4 * filters, filters),
        "layerScale.alpha": Part(f"{prefix}layer_scale", dims=(filters,)),
    }


REFERENCES = {
    "convnext": [
        *both("torchvision's", {"filters": 3}, {"input": image(5, 4, 3)}, CNBlock(3, 1e-6, 0), weights(3)),
        *both(
            "dropped", {"filters": 4, "rate": 0.4}, {"input": image(2, 3, 4, batch=5)},
            Dropped(4, Masked(0.4, [5, 1, 1, 1], "block.dropPath")), weights(4, "block."),
        ),
    ],
    "convnext-downsample": both(
        "torchvision's", {"filters": 4}, {"input": image(5, 4, 3)}, nn.Sequential(LayerNorm2d(3, eps=1e-6), nn.Conv2d(3, 4, 2, 2)),
        layer_norm("norm", "0") | linear("conv", "1"),
    ),
}
