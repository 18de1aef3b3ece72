"""PyTorch's ResNet-20 step for bench/run.mjs: torchPeer.py MODE THREADS, with MODE nchw, channels_last or compiled."""

import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional

MODE, THREADS = sys.argv[1], int(sys.argv[2])
torch.set_num_threads(THREADS)
torch.manual_seed(1)


class Residual(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False), nn.BatchNorm2d(filters)
        self.conv2, self.bn2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False), nn.BatchNorm2d(filters)
        self.stride, self.added = stride, filters - channels

    def forward(self, x):
        y = functional.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.added:
            side = self.added // 2
            x = functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, side, self.added - side))
        return functional.relu(y + x)


def resnet20():
    layers = [nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    channels = 16
    for filters in (16, 32, 64):
        for _ in range(3):
            layers.append(Residual(channels, filters, 2 if filters != channels else 1))
            channels = filters
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def prepare(batch):
    model = resnet20()
    images = (torch.arange(batch * 32 * 32 * 3, dtype=torch.float64) * 12.9898).sin().mul(1.7).float()
    images = images.reshape(batch, 32, 32, 3).permute(0, 3, 1, 2)
    labels = torch.arange(batch) % 10
    if MODE == "nchw":
        images = images.contiguous()
    else:
        model = model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    forward = torch.compile(model) if MODE == "compiled" else model

    def step():
        loss = functional.cross_entropy(forward(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if not math.isfinite(loss.item()):
            raise ValueError("The loss is not a number")

    step()
    return step


def reply(value):
    print(json.dumps(value), flush=True)


reply({"ready": True})
step = None
for line in sys.stdin:
    command, _, argument = line.strip().partition(" ")
    if command == "prepare":
        step = prepare(int(argument))
        reply({"version": torch.__version__})
    elif command == "steps":
        times = []
        for _ in range(int(argument)):
            started = time.perf_counter()
            step()
            times.append((time.perf_counter() - started) * 1000)
        reply({"times": times})
