"""Modules of torchvision and timm, or hand-written ones, for every block of the library."""

from . import dense, mobile, residual

FAMILIES = (dense, mobile, residual)
REFERENCES = {block: cases for family in FAMILIES for block, cases in family.REFERENCES.items()}
