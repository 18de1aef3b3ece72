"""Modules of torchvision and timm, or hand-written ones, for every block of the library."""

from . import convnext, dense, mobile, residual, sequence, unet

FAMILIES = (convnext, dense, mobile, residual, sequence, unet)
REFERENCES = {block: cases for family in FAMILIES for block, cases in family.REFERENCES.items()}
