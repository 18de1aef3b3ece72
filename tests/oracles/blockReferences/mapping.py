"""What blocks of images share: which weight of ours is which parameter of PyTorch's."""

import dataclasses

from reference import Case, Part

NORM = {"scale": "weight", "offset": "bias", "runningMean": "running_mean", "runningVariance": "running_var"}


def norm(ours, theirs):
    return {f"{ours}.{weight}": f"{theirs}.{parameter}" for weight, parameter in NORM.items()}


def kernel(ours, theirs):
    return {f"{ours}.kernel": f"{theirs}.weight"}


def linear(ours, theirs):
    return {f"{ours}.kernel": f"{theirs}.weight", f"{ours}.bias": f"{theirs}.bias"}


def pairs(**names):
    """Convolutions without bias and their norms: ours by theirs."""
    weights = {}
    for ours, theirs in names.items():
        weights |= norm(ours, theirs) if "bn" in ours.lower() else kernel(ours, theirs)
    return weights


def both(name, parameters, inputs, module, weights, **rest):
    """The same example while training, with batch statistics, and for prediction."""
    case = Case(name, parameters, inputs, module, weights, **rest)
    return [case, dataclasses.replace(case, mode="inference")]


def squeeze(ours, theirs, channels, squeezed):
    """Dense layers here, 1x1 convolutions of a 1x1 image there."""
    ours, theirs = (f"{name}." if name else "" for name in (ours, theirs))
    return {
        f"{ours}reduce.kernel": Part(f"{theirs}fc1.weight", (1, 0), dims=(squeezed, channels)),
        f"{ours}reduce.bias": f"{theirs}fc1.bias",
        f"{ours}expand.kernel": Part(f"{theirs}fc2.weight", (1, 0), dims=(channels, squeezed)),
        f"{ours}expand.bias": f"{theirs}fc2.bias",
    }
