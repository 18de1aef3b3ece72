"""Activations."""

import torch.nn.functional as F
from reference import Case, Function, features, image, sequence
from torch import nn


def elementwise(module, name="image", parameters=None, reach=3):
    return Case(name, parameters or {}, {"input": image(2, 3, 4, low=-reach, high=reach)}, module)


REFERENCES = {
    "relu": [elementwise(nn.ReLU())],
    "relu6": [elementwise(nn.ReLU6(), reach=9)],
    "leakyRelu": [
        elementwise(nn.LeakyReLU()),
        elementwise(nn.LeakyReLU(0.3), "slope 0.3", {"slope": 0.3}),
        elementwise(nn.LeakyReLU(0), "slope 0", {"slope": 0}),
    ],
    "elu": [elementwise(nn.ELU()), elementwise(nn.ELU(0.4), "alpha 0.4", {"alpha": 0.4})],
    "selu": [elementwise(nn.SELU())],
    "gelu": [
        elementwise(nn.GELU(), reach=6),
        elementwise(nn.GELU(approximate="tanh"), "tanh", {"approximation": "tanh"}, reach=6),
    ],
    "silu": [elementwise(nn.SiLU(), reach=8)],
    "hardSwish": [elementwise(nn.Hardswish(), reach=5)],
    "sigmoid": [elementwise(nn.Sigmoid(), reach=8)],
    "tanh": [elementwise(nn.Tanh())],
    "softmax": [
        Case("features", {}, {"input": features(5, low=-3, high=3)}, Function(lambda x: F.softmax(x, dim=-1))),
        Case("channels of an image", {}, {"input": image(2, 3, 4, low=-3, high=3)}, Function(lambda x: F.softmax(x, dim=1))),
    ],
    "hardSigmoid": [elementwise(nn.Hardsigmoid(), reach=5)],
    "prelu": [
        Case("a slope a channel", {}, {"input": image(2, 3, 4)}, nn.PReLU(4), {"slope": "weight"}),
        Case("a slope for all", {"per": "tensor"}, {"input": image(2, 3, 4)}, nn.PReLU(), {"slope": "weight"}),
        Case("a slope a feature", {}, {"input": features(4)}, nn.PReLU(4), {"slope": "weight"}),
        Case("a slope for a sequence", {"per": "tensor"}, {"input": sequence(3, 4)}, nn.PReLU(), {"slope": "weight"}),
    ],
    "gatedLinearUnit": [
        Case("features", {}, {"input": features(6, low=-3, high=3)}, nn.GLU()),
        Case("channels of an image", {}, {"input": image(2, 3, 4)}, nn.GLU(dim=1)),
        Case("SiLU", {"gate": "silu"}, {"input": sequence(3, 4)}, Function(lambda x: x[..., :2] * F.silu(x[..., 2:]))),
        Case("bilinear", {"gate": "none"}, {"input": sequence(3, 4)}, Function(lambda x: x[..., :2] * x[..., 2:])),
    ],
}
