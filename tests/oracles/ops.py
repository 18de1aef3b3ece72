"""Writes tests/golden/ops: PyTorch's outputs and gradients for every op; all of them, or those named.

    python tests/oracles/ops.py [op ...]
"""

import sys

from opReferences import REFERENCES
from reference import write

for op in sys.argv[1:] or REFERENCES:
    write("ops", op, REFERENCES[op])
