"""Writes tests/golden/blocks: PyTorch's outputs and gradients for every block of the library; all of them, or those named.

    python tests/oracles/blocks.py [block ...]
"""

import sys

from blockReferences import REFERENCES
from reference import write

for block in sys.argv[1:] or REFERENCES:
    write("blocks", block, REFERENCES[block])
