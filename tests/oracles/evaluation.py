"""Writes tests/golden/evaluation.json: what scikit-learn says of masks and of predicted values, and what the transformers
library leaves of scores before it draws a token.

    python tests/oracles/evaluation.py
"""

import json

import numpy
import torch
from reference import GOLDEN
from sklearn.metrics import (
    confusion_matrix,
    f1_score,
    jaccard_score,
    mean_absolute_error,
    precision_recall_fscore_support,
    r2_score,
    root_mean_squared_error,
)
from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

random = numpy.random.default_rng(11)


def numbers(values):
    return [None if numpy.isnan(value) else float(value) for value in values]


# Masks of 6 × 7 pixels: class 3 is nowhere, class 2 is in one of them only.
labels = [0, 1, 2, 3]
truth = random.choice([0, 0, 0, 1], size=(4, 6, 7))
truth[1, 2:4, 2:5] = 2
told = numpy.where(random.random(truth.shape) < 0.8, truth, random.choice([0, 1, 2], size=truth.shape))
told[3] = truth[3] = 0
flat = (truth.ravel(), told.ravel())
precision, recall, dice, support = precision_recall_fscore_support(*flat, labels=labels, zero_division=numpy.nan)
iou = [
    numpy.nan if not ((flat[0] == one) | (flat[1] == one)).any() else jaccard_score(*flat, labels=[one], average="macro")
    for one in labels
]
masks = {
    "truth": truth.reshape(4, -1).tolist(),
    "told": told.reshape(4, -1).tolist(),
    "confusion": confusion_matrix(*flat, labels=labels).tolist(),
    "pixelAccuracy": float((truth == told).mean()),
    "iou": numbers(iou),
    "dice": numbers([numpy.nan if numpy.isnan(one) else value for one, value in zip(iou, dice)]),
    "precision": numbers(precision),
    "recall": numbers(recall),
    "pixels": support.tolist(),
    "meanIou": jaccard_score(*flat, average="macro"),
    "meanDice": f1_score(*flat, average="macro"),
    "iouOfSamples": [jaccard_score(a.ravel(), b.ravel(), average="macro") for a, b in zip(truth, told)],
}

# Values of three outputs; the first is far from zero, the last does not vary.
actual = random.normal([1000, 0, 5], [2, 1, 0], size=(40, 3)).round(5)
predicted = (actual + random.normal([0.5, 0, 0.1], [1, 0.3, 0.2], size=(40, 3))).round(5)
r2 = r2_score(actual, predicted, multioutput="raw_values", force_finite=False)
values = {
    "truth": actual.tolist(),
    "predicted": predicted.tolist(),
    "meanAbsoluteError": mean_absolute_error(actual, predicted, multioutput="raw_values").tolist(),
    "rootMeanSquaredError": root_mean_squared_error(actual, predicted, multioutput="raw_values").tolist(),
    "rSquared": [None if not numpy.isfinite(one) else float(one) for one in r2],
}

# Scores of twelve tokens, without ties.
scores = random.normal(0, 2, size=12).round(4)
cases = []
for temperature, top_k, top_p in [(1.0, 0, 1.0), (0.7, 0, 1.0), (1.3, 5, 1.0), (1.0, 0, 0.8), (0.8, 6, 0.6), (2.0, 3, 0.01)]:
    left = torch.tensor(scores[None], dtype=torch.float64)
    left = TemperatureLogitsWarper(temperature)(None, left)
    if top_k > 0:
        left = TopKLogitsWarper(top_k)(None, left)
    if top_p < 1:
        left = TopPLogitsWarper(top_p)(None, left)
    options = {"temperature": temperature, "topK": top_k, "topP": top_p}
    cases.append({"options": options, "probabilities": torch.softmax(left, -1)[0].tolist()})

golden = {"masks": masks, "values": values, "tokens": {"scores": scores.tolist(), "cases": cases}}
(GOLDEN / "evaluation.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
