"""Processor time of convolutions and matrix products in PyTorch on one thread: torchLayers.py JSON, one case a line out."""

import json
import sys
import time

import torch

torch.set_num_threads(1)
torch.manual_seed(1)


def milliseconds(run):
    """The least of five rounds of at least 20 ms each."""
    run()
    best = float('inf')
    for _ in range(5):
        count, started = 0, time.process_time()
        while time.process_time() - started < 0.02:
            run()
            count += 1
        best = min(best, (time.process_time() - started) / count)
    return best * 1000


def convolution(case):
    batch, size, channels, filters, kernel, stride = (
        case[name] for name in ('batch', 'size', 'channels', 'filters', 'kernel', 'stride')
    )
    last = torch.channels_last
    x = torch.randn(batch, channels, size, size).contiguous(memory_format=last).requires_grad_(case['inputGradient'])
    layer = torch.nn.Conv2d(channels, filters, kernel, stride, kernel // 2, bias=False).to(memory_format=last)
    wanted = [layer.weight] + ([x] if case['inputGradient'] else [])
    dy = torch.randn_like(layer(x))

    def step():
        torch.autograd.grad(layer(x), wanted, dy)

    return milliseconds(step)


def product(case):
    a = torch.randn(case['m'], case['k'])
    b = torch.randn(case['k'], case['n'])
    return milliseconds(lambda: torch.mm(a, b))


for case in json.loads(sys.argv[1]):
    print(json.dumps({'ms': convolution(case) if 'filters' in case else product(case)}), flush=True)
