"""Arrangement: what moves values without computing."""

import torch
import torch.nn.functional as F
from reference import Case, Function, features, image, sequence
from torch import nn


def pad_channels(before, after):
    return Function(lambda x: F.pad(x, (0, 0, 0, 0, before, after)))


def padded(name, parameters, size, module):
    return Case(name, parameters, {"input": image(*size)}, module)


def middle(x, like):
    """The middle of an image, the odd pixel cut off at the end."""
    (height, width), (rows, columns) = x.shape[2:], like.shape[2:]
    top, left = (height - rows) // 2, (width - columns) // 2
    return x[:, :, top : top + rows, left : left + columns]


def upsampled(name, parameters, size, factor, **options):
    return Case(name, parameters, {"input": image(*size)}, nn.Upsample(scale_factor=factor, mode="bilinear", **options))


def parts(sizes, axis):
    return Function(lambda x: dict(zip(("first", "second"), x.split(sizes, axis))))


REFERENCES = {
    "flatten": [
        Case("image", {}, {"input": image(2, 3, 4)}, nn.Flatten()),
        Case("features", {}, {"input": features(5)}, nn.Flatten()),
    ],
    "padChannels": [
        Case("even", {"channels": 6}, {"input": image(2, 3, 4)}, pad_channels(1, 1)),
        Case("odd", {"channels": 7}, {"input": image(3, 2, 2)}, pad_channels(2, 3)),
        Case("nothing", {"channels": 4}, {"input": image(2, 3, 4)}, pad_channels(0, 0)),
    ],
    "pixelShuffle": [
        Case("factor 2", {}, {"input": image(2, 3, 8)}, nn.PixelShuffle(2)),
        Case("factor 3", {"factor": 3}, {"input": image(2, 1, 18)}, nn.PixelShuffle(3)),
    ],
    "upsampling2d": [
        Case("nearest", {}, {"input": image(2, 3, 4)}, nn.Upsample(scale_factor=2, mode="nearest")),
        Case("nearest, uneven", {"factor": [3, 2]}, {"input": image(2, 3, 2)}, nn.Upsample(scale_factor=(3, 2), mode="nearest")),
        upsampled("bilinear", {"interpolation": "bilinear"}, (3, 4, 2), 2),
        upsampled("bilinear, uneven", {"interpolation": "bilinear", "factor": [3, 1]}, (2, 3, 2), (3, 1)),
        upsampled("bilinear, aligned corners", {"interpolation": "bilinear", "factor": [2, 3], "alignCorners": True}, (3, 4, 2), (2, 3), align_corners=True),
        upsampled("bilinear, aligned corners of one row", {"interpolation": "bilinear", "alignCorners": True}, (1, 3, 2), 2, align_corners=True),
    ],
    "pad2d": [
        padded("zeros", {"top": 1, "left": 2}, (2, 3, 2), nn.ZeroPad2d((2, 0, 1, 0))),
        padded("a value", {"bottom": 2, "right": 1, "value": -1.5}, (2, 3, 2), nn.ConstantPad2d((0, 1, 0, 2), -1.5)),
        padded("mirrored", {"top": 1, "bottom": 2, "left": 2, "right": 3, "mode": "reflect"}, (3, 4, 2), nn.ReflectionPad2d((2, 3, 1, 2))),
        padded("repeated", {"top": 3, "left": 1, "right": 5, "mode": "replicate"}, (2, 3, 2), nn.ReplicationPad2d((1, 5, 3, 0))),
        padded("nothing", {}, (2, 3, 2), nn.ZeroPad2d(0)),
    ],
    "crop2d": [
        padded("all sides", {"top": 1, "bottom": 2, "left": 1, "right": 1}, (5, 4, 2), nn.ZeroPad2d((-1, -1, -1, -2))),
        padded("nothing", {}, (2, 3, 2), nn.ZeroPad2d(0)),
    ],
    "cropToMatch": [
        Case("even and odd", {}, {"input": image(6, 5, 2), "like": image(2, 2, 3)}, Function(middle)),
        Case("nothing to cut", {}, {"input": image(2, 3, 2), "like": image(2, 3, 1)}, Function(middle)),
    ],
    "reshape": [
        Case("image to features", {}, {"input": image(2, 3, 4)}, nn.Flatten()),
        Case("features to a sequence", {"to": "sequence", "length": 3}, {"input": features(12)}, nn.Unflatten(1, (3, 4))),
        Case("image to an image", {"to": "image", "channels": 6, "height": 4}, {"input": image(2, 3, 4)}, Function(lambda x: x.reshape(-1, 6, 4, 1))),
        Case("sequence to an image", {"to": "image", "channels": 1, "height": 4, "width": 0}, {"input": sequence(4, 3)}, Function(lambda x: x[:, None])),
    ],
    "imageToSequence": [
        Case("pixels", {}, {"input": image(2, 3, 4)}, Function(lambda x: x.flatten(2).transpose(1, 2))),
        Case("rows", {"positions": "rows"}, {"input": image(2, 3, 4)}, Function(lambda x: x.transpose(1, 2).flatten(2))),
    ],
    "permute": [
        Case("sequence", {}, {"input": sequence(3, 4)}, Function(lambda x: x.transpose(1, 2))),
        Case("height and width", {"first": "height", "second": "width"}, {"input": image(2, 3, 4)}, Function(lambda x: x.transpose(2, 3))),
        Case("channels and width", {"first": "width", "second": "channels"}, {"input": image(2, 3, 4)}, Function(lambda x: x.transpose(1, 3))),
    ],
    "split": [
        Case("halves", {}, {"input": sequence(3, 4)}, parts((2, 2), -1)),
        Case("positions", {"axis": "sequence", "at": 1}, {"input": sequence(3, 4)}, parts((1, 2), 1)),
        Case("channels", {"axis": "channels", "at": 3}, {"input": image(2, 3, 4)}, parts((3, 1), 1)),
    ],
    "slice": [
        Case("the middle of a sequence", {"start": 1, "count": 2}, {"input": sequence(5, 3)}, Function(lambda x: x[:, 1:3])),
        Case("the last columns", {"axis": "width", "start": -2}, {"input": image(2, 5, 3)}, Function(lambda x: x[..., -2:])),
        Case("features", {"axis": "features", "count": 2}, {"input": features(5)}, Function(lambda x: x[:, :2])),
    ],
    "selectPosition": [
        Case("the first", {}, {"input": sequence(3, 4)}, Function(lambda x: x[:, 0])),
        Case("the last but one", {"position": -2}, {"input": sequence(4, 3)}, Function(lambda x: x[:, -2])),
    ],
    "reduce": [
        Case("mean of positions", {}, {"input": sequence(3, 4)}, Function(lambda x: x.mean(1))),
        Case("sum of features", {"by": "sum", "axis": "features"}, {"input": sequence(3, 4)}, Function(lambda x: x.sum(2))),
        Case("maximum of channels", {"by": "maximum", "axis": "channels"}, {"input": image(2, 3, 4)}, Function(lambda x: x.amax(1))),
        Case("mean of rows", {"axis": "height"}, {"input": image(2, 3, 4)}, Function(lambda x: x.mean(2).transpose(1, 2))),
    ],
}
