"""Prints what PyTorch makes of convolutions, pools and batch norms, with their gradients, in double precision.

Tensors are channels last and kernels [height, width, in / groups, out], as in a program.

    python tests/oracles/layers.py > src/graph-engine/program/interpreter/layers.golden.json
"""

import json
import math

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
torch.manual_seed(5)


def rounded(*shape):
    """Random numbers that are short to write down."""
    return torch.round(torch.randn(*shape) * 64) / 64


def flat(tensor):
    return [round(value, 12) for value in tensor.detach().flatten().tolist()]


def channels_last(tensor):
    return tensor.permute(0, 2, 3, 1).contiguous()


def same_pads(size, window, stride, dilation):
    extent = (window - 1) * dilation + 1
    total = max((math.ceil(size / stride) - 1) * stride + extent - size, 0)
    return total // 2, total - total // 2


def pads_of(padding, height, width, window, strides, dilations):
    if padding == "same":
        return [*same_pads(height, window[0], strides[0], dilations[0]), *same_pads(width, window[1], strides[1], dilations[1])]
    return [0, 0, 0, 0] if padding == "valid" else padding


def attributes(padding, **rest):
    explicit = not isinstance(padding, str)
    return {"padding": "explicit" if explicit else padding, "pads": padding if explicit else [0, 0, 0, 0], **rest}


def convolution(height, width, channels, filters, window, strides, dilations, padding, groups):
    x = rounded(2, channels, height, width).requires_grad_()
    kernel = rounded(filters, channels // groups, *window).requires_grad_()
    top, bottom, left, right = pads_of(padding, height, width, window, strides, dilations)
    y = F.conv2d(F.pad(x, (left, right, top, bottom)), kernel, None, strides, 0, dilations, groups)
    if padding == "same" and strides == [1, 1]:
        assert torch.equal(y, F.conv2d(x, kernel, None, 1, "same", dilations, groups))
    dy = rounded(*y.shape)
    y.backward(dy)
    return {
        "attributes": attributes(padding, strides=strides, dilations=dilations, groups=groups),
        "x": flat(channels_last(x)),
        "xDims": list(channels_last(x).shape),
        "kernel": flat(kernel.permute(2, 3, 1, 0)),
        "kernelDims": list(kernel.permute(2, 3, 1, 0).shape),
        "dy": flat(channels_last(dy)),
        "y": flat(channels_last(y)),
        "yDims": list(channels_last(y).shape),
        "dx": flat(channels_last(x.grad)),
        "dkernel": flat(kernel.grad.permute(2, 3, 1, 0)),
    }


def pool(kind, height, width, window, strides, padding):
    x = rounded(2, 2, height, width).requires_grad_()
    top, bottom, left, right = pads_of(padding, height, width, window, strides, [1, 1])

    def padded(tensor, value):
        return F.pad(tensor, (left, right, top, bottom), value=value)

    if kind == "max":
        y = F.max_pool2d(padded(x, -math.inf), window, strides)
    else:
        counts = F.avg_pool2d(padded(torch.ones_like(x), 0.0), window, strides)
        y = F.avg_pool2d(padded(x, 0.0), window, strides) / counts
        if top == bottom and left == right and top * 2 <= window[0] and left * 2 <= window[1]:
            assert torch.allclose(y, F.avg_pool2d(x, window, strides, (top, left), count_include_pad=False))
    dy = rounded(*y.shape)
    y.backward(dy)
    return {
        "kind": kind,
        "attributes": attributes(padding, window=window, strides=strides),
        "x": flat(channels_last(x)),
        "xDims": list(channels_last(x).shape),
        "dy": flat(channels_last(dy)),
        "y": flat(channels_last(y)),
        "yDims": list(channels_last(y).shape),
        "dx": flat(channels_last(x.grad)),
    }


def batch_norm(momentum, epsilon):
    layer = torch.nn.BatchNorm2d(3, eps=epsilon, momentum=momentum)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([1.5, 0.5, -1.0]))
        layer.bias.copy_(torch.tensor([0.25, -0.5, 1.0]))
        layer.running_mean.copy_(torch.tensor([0.5, -0.25, 2.0]))
        layer.running_var.copy_(torch.tensor([1.5, 0.75, 3.0]))
    steps = []
    for _ in range(2):
        x = (rounded(3, 3, 2, 2) * 2 + 1).requires_grad_()
        y = layer(x)
        dy = rounded(*y.shape)
        layer.zero_grad()
        y.backward(dy)
        steps.append(
            {
                "x": flat(channels_last(x)),
                "dy": flat(channels_last(dy)),
                "y": flat(channels_last(y)),
                "runningMean": flat(layer.running_mean),
                "runningVariance": flat(layer.running_var),
                "dx": flat(channels_last(x.grad)),
                "dscale": flat(layer.weight.grad),
                "doffset": flat(layer.bias.grad),
            }
        )
    layer.eval()
    x = rounded(3, 3, 2, 2)
    return {
        "momentum": momentum,
        "epsilon": epsilon,
        "steps": steps,
        "inference": {"x": flat(channels_last(x)), "y": flat(channels_last(layer(x)))},
    }


one, two = [1, 1], [2, 2]
print(
    json.dumps(
        {
            "convolutions": [
                convolution(4, 4, 2, 3, [3, 3], one, one, "same", 1),
                convolution(5, 4, 2, 3, [2, 4], one, one, "same", 1),
                convolution(5, 6, 2, 2, [3, 3], two, one, "same", 1),
                convolution(6, 5, 1, 2, [3, 2], [2, 3], one, "same", 1),
                convolution(5, 5, 2, 2, [1, 1], two, one, "same", 1),
                convolution(5, 5, 2, 2, [3, 3], two, one, "valid", 1),
                convolution(6, 6, 2, 2, [3, 3], two, one, "valid", 1),
                convolution(4, 5, 2, 2, [3, 3], two, one, [1, 1, 1, 1], 1),
                convolution(4, 3, 2, 2, [3, 3], one, one, [2, 0, 1, 3], 1),
                convolution(7, 6, 2, 2, [3, 3], one, two, "same", 1),
                convolution(7, 7, 1, 2, [3, 2], one, [2, 3], "valid", 1),
                convolution(4, 4, 4, 6, [3, 3], one, one, "same", 2),
                convolution(5, 5, 3, 6, [3, 3], two, one, [1, 1, 1, 1], 3),
            ],
            "pools": [
                pool(kind, *rest)
                for kind in ("max", "average")
                for rest in (
                    (4, 4, two, two, "valid"),
                    (5, 4, two, two, "valid"),
                    (5, 5, two, two, "same"),
                    (5, 6, [3, 3], two, "same"),
                    (4, 5, [3, 2], one, "same"),
                    (5, 5, [3, 3], two, [1, 1, 1, 1]),
                    (4, 4, [3, 3], [2, 1], [0, 2, 1, 0]),
                )
            ],
            "batchNorms": [batch_norm(0.1, 1e-5), batch_norm(0.3, 0.01)],
        },
        separators=(",", ":"),
    )
)
