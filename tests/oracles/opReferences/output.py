"""Outputs: what they predict, and the loss of each example."""

import torch
import torch.nn.functional as F
from reference import Case, Function, Input, features


def classification(smoothing=0.0):
    def losses(logits, target):
        return {
            "probabilities": F.softmax(logits, dim=-1),
            "logits": logits,
            "losses": F.cross_entropy(logits, target, reduction="none", label_smoothing=smoothing),
            "predictions": logits.argmax(dim=-1),
        }

    return Function(losses)


def example(name, parameters, classes, module):
    inputs = {"input": features(classes, low=-3, high=3, batch=4), "target": labels(classes, batch=4)}
    return Case(name, parameters, inputs, module)


def labels(classes, **rest):
    return Input((), low=0, high=classes, dtype="int32", **rest)


REFERENCES = {
    "classificationOutput": [
        example("five classes", {}, 5, classification()),
        example("label smoothing 0.1", {"labelSmoothing": 0.1}, 5, classification(0.1)),
    ],
}
