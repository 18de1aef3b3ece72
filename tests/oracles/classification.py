"""Writes tests/golden/classification.json: what scikit-learn says of predictions of four classes, one of which never occurs and is
never called, and one of which is never called.

    python tests/oracles/classification.py
"""

import json

import numpy
from reference import GOLDEN
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, precision_recall_fscore_support

random = numpy.random.default_rng(5)
truth = random.choice([0, 1, 3], size=60, p=[0.5, 0.3, 0.2])
predicted = numpy.where(random.random(60) < 0.7, truth, random.choice([0, 1], size=60))
predicted[predicted == 3] = 0
confidence = random.uniform(0.3, 1, size=60).round(6)
precision, recall, f1, support = precision_recall_fscore_support(truth, predicted, labels=[0, 1, 2, 3], zero_division=numpy.nan)
edges = numpy.linspace(0, 1, 16)
error = 0.0
for low, high in zip(edges[:-1], edges[1:]):
    inside = (confidence > low) & (confidence <= high)
    if inside.any():
        error += inside.mean() * abs(confidence[inside].mean() - (truth == predicted)[inside].mean())


def numbers(values):
    return [None if numpy.isnan(value) else float(value) for value in values]


golden = {
    "truth": truth.tolist(),
    "predicted": predicted.tolist(),
    "confidence": confidence.tolist(),
    "accuracy": accuracy_score(truth, predicted),
    "confusion": confusion_matrix(truth, predicted, labels=[0, 1, 2, 3]).tolist(),
    "precision": numbers(precision),
    "recall": numbers(recall),
    "f1": numbers(f1),
    "support": support.tolist(),
    "macroF1": f1_score(truth, predicted, average="macro"),
    "calibrationError": float(error),
}
(GOLDEN / "classification.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
