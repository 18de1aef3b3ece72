"""Writes tests/golden/networks: what PyTorch's networks predict with the weights ours are given; all of them, or those named.

    python tests/oracles/networks.py [template ...]
"""

import sys

from networkReferences import REFERENCES
from wholeNetwork import write

for network in sys.argv[1:] or REFERENCES:
    write(network, REFERENCES[network])
