"""PyTorch's training steps for the bench: torchPeer.py MODE THREADS, with MODE nchw, channels_last or compiled."""

import json
import math
import resource
import sys
import time

import torch
from torch.nn import functional
from torchNetworks import NETWORKS

MODE, THREADS = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(THREADS)
torch.manual_seed(1)


def prepare(network, batch, size=None):
    model, inputs, targets = NETWORKS[network](batch, size)
    if MODE == 'nchw':
        inputs = inputs.contiguous()
    elif inputs.dim() == 4:
        inputs = inputs.contiguous(memory_format=torch.channels_last)
        model = model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    forward = torch.compile(model) if MODE == 'compiled' else model

    def step():
        loss = functional.cross_entropy(forward(inputs), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if not math.isfinite(loss.item()):
            raise ValueError('The loss is not a number')

    step()
    return step


def reply(value):
    print(json.dumps(value), flush=True)


reply({'ready': True})
step = None
for line in sys.stdin:
    command, _, argument = line.strip().partition(' ')
    if command == 'prepare':
        step = prepare(**json.loads(argument))
        reply({'version': torch.__version__})
    elif command == 'memory':
        reply({'peak': resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024})
    elif command == 'steps':
        times = []
        processor = time.process_time()
        for _ in range(int(argument)):
            started = time.perf_counter()
            step()
            times.append((time.perf_counter() - started) * 1000)
        reply({'times': times, 'cpu': (time.process_time() - processor) * 1000})
