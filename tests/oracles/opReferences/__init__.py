"""PyTorch's own modules and functions for every op, each with several parameter sets."""

from . import activation, arrangement, attention, convolution, dense, embedding, merge, normalization, output, pooling, regularization

FAMILIES = (activation, arrangement, attention, convolution, dense, embedding, merge, normalization, output, pooling, regularization)
REFERENCES = {op: cases for family in FAMILIES for op, cases in family.REFERENCES.items()}
