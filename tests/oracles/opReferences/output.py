"""Outputs: what they predict, the loss of each example, and the sums that their measures are made of."""

import torch
import torch.nn.functional as F
from reference import Case, Function, Input, features, image, sequence


def mean_sums(values):
    """A sum and how many there are."""
    return torch.stack([values.sum(), torch.tensor(float(values.numel()))])


def per_example(losses):
    return losses.flatten(1).mean(dim=1)


def hits(found, meant):
    return mean_sums((found == meant).double())


def integers(*axes, below, **rest):
    return Input(axes, low=0, high=below, dtype="int32", **rest)


def classification(smoothing=0.0, weights=None):
    weight = None if weights is None else torch.tensor(weights)

    def values(logits, target):
        result = {
            "probabilities": F.softmax(logits, dim=-1),
            "logits": logits,
            "losses": F.cross_entropy(logits, target, weight, reduction="none", label_smoothing=smoothing),
            "sums of accuracy": hits(logits.argmax(dim=-1), target),
        }
        # What PyTorch divides the sum of the losses by.
        return result if weight is None else result | {"weights": weight[target]}

    return Function(values)


def classified(name, parameters, module):
    inputs = {"input": features(5, low=-3, high=3, batch=4), "target": integers(below=5, batch=4)}
    return Case(name, parameters, inputs, module)


def binary(positive=None):
    weight = None if positive is None else torch.tensor(positive)

    def values(logits, target):
        told, meant = logits > 0, target > 0.5
        return {
            "probabilities": torch.sigmoid(logits),
            "logits": logits,
            "losses": per_example(
                F.binary_cross_entropy_with_logits(logits, target, pos_weight=weight, reduction="none")
            ),
            "sums of accuracy": hits(told, meant),
            "sums of f1": torch.stack([2 * (told & meant).sum(), told.sum() + meant.sum()]).double(),
        }

    return Function(values)


def regression(loss):
    def values(values, target):
        difference = values - target
        return {
            "values": values,
            "losses": per_example(loss(values, target)),
            "sums of meanAbsoluteError": mean_sums(difference.abs()),
            "sums of rSquared": torch.stack(
                [
                    difference.square().sum(),
                    target.sum(),
                    target.square().sum(),
                    torch.tensor(float(target.numel())),
                ]
            ),
        }

    return Function(values)


def regressed(name, parameters, loss, make=features, sizes=(3,)):
    inputs = {"input": make(*sizes, low=-3, high=3, batch=4), "target": make(*sizes, low=-3, high=3, batch=4)}
    return Case(name, parameters, inputs, regression(loss))


def dice_loss(logits, target):
    """Soft dice of every class of every example, smoothed by one (Milletari et al. 2016)."""
    probabilities = F.softmax(logits, dim=1)
    meant = F.one_hot(target, logits.shape[1]).permute(0, 3, 1, 2)
    overlap = (probabilities * meant).sum(dim=(2, 3))
    areas = probabilities.sum(dim=(2, 3)) + meant.sum(dim=(2, 3))
    return 1 - ((2 * overlap + 1) / (areas + 1)).mean(dim=1)


def pixel_losses(logits, target):
    return per_example(F.cross_entropy(logits, target, reduction="none"))


def segmentation(loss):
    def values(logits, target):
        classes = logits.shape[1]
        told, meant = (F.one_hot(mask, classes).bool() for mask in (logits.argmax(dim=1), target))
        overlaps = torch.cat([(told & meant).sum(dim=(0, 1, 2)), (told | meant).sum(dim=(0, 1, 2))]).double()
        return {
            "probabilities": F.softmax(logits, dim=1),
            "logits": logits,
            "losses": loss(logits, target),
            "sums of meanIou": overlaps,
            "sums of dice": overlaps,
            "sums of pixelAccuracy": hits(logits.argmax(dim=1), target),
        }

    return Function(values)


def segmented(name, parameters, loss):
    masks = integers(("height", 4), ("width", 5), below=3, batch=2)
    return Case(name, parameters, {"input": image(4, 5, 3, low=-3, high=3), "target": masks}, segmentation(loss))


def next_token(logits, target):
    # PyTorch wants the classes on the second axis.
    losses = F.cross_entropy(logits.transpose(1, 2), target, reduction="none")
    return {
        "probabilities": F.softmax(logits, dim=-1),
        "logits": logits,
        "losses": per_example(losses),
        "sums of perplexity": mean_sums(losses),
        "sums of tokenAccuracy": hits(logits.argmax(dim=-1), target),
    }


def policy(logits, target):
    chosen = target.gather(1, logits.argmax(dim=-1, keepdim=True)).squeeze(1)
    return {
        "probabilities": F.softmax(logits, dim=-1),
        "logits": logits,
        "losses": F.cross_entropy(logits, target, reduction="none"),
        "sums of accuracy": mean_sums((chosen >= target.amax(dim=1)).double().detach()),
    }


REFERENCES = {
    "classificationOutput": [
        classified("five classes", {}, classification()),
        classified("label smoothing 0.1", {"labelSmoothing": 0.1}, classification(0.1)),
        classified(
            "class weights", {"classWeights": "1, 2, 0.5, 3, 1"}, classification(weights=[1.0, 2.0, 0.5, 3.0, 1.0])
        ),
        classified(
            "class weights and label smoothing",
            {"classWeights": "1, 2, 0.5, 3, 1", "labelSmoothing": 0.2},
            classification(0.2, [1.0, 2.0, 0.5, 3.0, 1.0]),
        ),
    ],
    "binaryOutput": [
        Case(
            "four questions, scores that overflow an exponential",
            {},
            {"input": features(4, low=-200, high=200, batch=3), "target": features(4, low=0, high=1, batch=3)},
            binary(),
        ),
        Case(
            "a yes counts three times",
            {"positiveWeight": 3},
            {"input": features(4, low=-3, high=3, batch=3), "target": features(4, low=0, high=1, batch=3)},
            binary(3.0),
        ),
        Case(
            "every pixel",
            {},
            {"input": image(3, 4, 1, low=-3, high=3), "target": image(3, 4, 1, low=0, high=1)},
            binary(),
        ),
    ],
    "regressionOutput": [
        regressed("squared", {}, lambda a, b: F.mse_loss(a, b, reduction="none")),
        regressed("absolute", {"loss": "absolute"}, lambda a, b: F.l1_loss(a, b, reduction="none")),
        regressed("huber", {"loss": "huber"}, lambda a, b: F.huber_loss(a, b, reduction="none")),
        regressed(
            "huber, delta 2.5",
            {"loss": "huber", "delta": 2.5},
            lambda a, b: F.huber_loss(a, b, reduction="none", delta=2.5),
        ),
        regressed("an image", {}, lambda a, b: F.mse_loss(a, b, reduction="none"), image, (3, 4, 2)),
        regressed(
            "a sequence", {"loss": "huber"}, lambda a, b: F.huber_loss(a, b, reduction="none"), sequence, (4, 3)
        ),
    ],
    "segmentationOutput": [
        segmented("cross-entropy", {}, pixel_losses),
        segmented("dice", {"loss": "dice"}, dice_loss),
        segmented("both", {"loss": "both"}, lambda a, b: pixel_losses(a, b) + dice_loss(a, b)),
    ],
    "nextTokenOutput": [
        Case(
            "six positions, five tokens",
            {},
            {
                "input": sequence(6, 5, low=-3, high=3),
                "target": integers(("sequence", 6), below=5),
            },
            Function(next_token),
        ),
    ],
    "policyOutput": [
        Case(
            "five choices",
            {},
            {"input": features(5, low=-3, high=3, batch=4), "target": features(5, low=0, high=1, batch=4)},
            Function(policy),
        ),
    ],
    "featureOutput": [
        Case(
            "features of a sequence",
            {},
            {"input": sequence(4, 3)},
            Function(lambda x: {"features": 1 * x}),
        ),
    ],
}
