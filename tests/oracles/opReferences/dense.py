"""Dense layers."""

from reference import Case, features, image, sequence
from torch import nn

REFERENCES = {
    "dense": [
        Case("features", {"units": 3}, {"input": features(5)}, nn.Linear(5, 3), {"kernel": "weight", "bias": "bias"}),
        Case("no bias", {"units": 4, "bias": False}, {"input": features(3)}, nn.Linear(3, 4, bias=False), {"kernel": "weight"}),
        Case("each position of a sequence", {"units": 4}, {"input": sequence(3, 5)}, nn.Linear(5, 4), {"kernel": "weight", "bias": "bias"}),
    ],
}
