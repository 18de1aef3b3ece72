"""The networks of torchvision, timm and transformers, and hand-written ones where they have none, by the template's name."""

from wholeNetwork import Network

from . import attention, cifar, convolutional, residual, speech, tower, unet

FAMILIES = (residual, convolutional, cifar, unet, tower, attention, speech)
REFERENCES = {name: network for family in FAMILIES for name, network in family.REFERENCES.items()}
