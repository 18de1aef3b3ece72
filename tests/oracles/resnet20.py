"""Losses of PyTorch over 20 training steps of ResNet-20 (He et al. 2015, section 4.2, parameter-free shortcuts).

Writes tests/golden/resnet20.json, which src/main/executors/resnet20.test.ts compares our engine with. Weights and batches
come from the project's own generator, which philox.py writes a second time.

    python tests/oracles/resnet20.py
"""

import json
import math
import pathlib

import numpy
import torch
from philox import DATA, INITIAL_VALUES, hash_name, normal, philox, uniform
from torch import nn
from torch.nn import functional

SEED = 20
STEPS = 20
BATCH = 32


def draw(name, dims):
    count = math.prod(dims)
    first, second = hash_name(name)
    return philox(count + count % 2, (SEED, first), second, INITIAL_VALUES), count


def he_normal(name, dims):
    words, count = draw(name, dims)
    return normal(words, math.sqrt(2 / math.prod(dims[:-1])))[:count].reshape(dims)


def glorot_uniform(name, dims):
    words, count = draw(name, dims)
    limit = math.sqrt(6 / sum(dims))
    return uniform(words[:count], -limit, limit).reshape(dims)


def batch(step, size=BATCH):
    """Normal pixels whose mean follows the class, so that there is something to learn."""
    labels = (numpy.arange(size) * 7 + step) % 10
    noise = normal(philox(size * 32 * 32 * 3, (SEED, step), 0, DATA), 1).reshape(size, 32, 32, 3)
    images = noise + (labels.astype(numpy.float32) / 10 - numpy.float32(0.5)).reshape(-1, 1, 1, 1)
    return torch.from_numpy(images.transpose(0, 3, 1, 2).copy()), torch.from_numpy(labels)


def convolution(name, channels, filters, stride=1):
    layer = nn.Conv2d(channels, filters, 3, stride=stride, padding=1, bias=False)
    kernel = he_normal(f"{name}.kernel", (3, 3, channels, filters))
    layer.weight.data = torch.from_numpy(kernel.transpose(3, 2, 0, 1).copy())
    return layer


class Residual(nn.Module):
    def __init__(self, name, channels, filters, stride):
        super().__init__()
        self.conv1, self.bn1 = convolution(f"{name}.conv1", channels, filters, stride), nn.BatchNorm2d(filters)
        self.conv2, self.bn2 = convolution(f"{name}.conv2", filters, filters), nn.BatchNorm2d(filters)
        self.stride, self.missing = stride, filters - channels

    def forward(self, x):
        y = functional.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        shortcut = x[:, :, :: self.stride, :: self.stride]
        side = self.missing // 2
        return functional.relu(y + functional.pad(shortcut, (0, 0, 0, 0, side, self.missing - side)))


class ResNet20(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.bn = convolution("conv", 3, 16), nn.BatchNorm2d(16)
        blocks, channels = [], 16
        for stage, filters in enumerate((16, 32, 64), start=1):
            for index in range(3):
                stride = 2 if stage > 1 and index == 0 else 1
                blocks.append(Residual(f"stage{stage}[{index}]", channels, filters, stride))
                channels = filters
        self.blocks = nn.Sequential(*blocks)
        self.dense = nn.Linear(64, 10)
        self.dense.weight.data = torch.from_numpy(glorot_uniform("dense.kernel", (64, 10)).T.copy())
        self.dense.bias.data.zero_()

    def forward(self, x):
        x = self.blocks(functional.relu(self.bn(self.conv(x))))
        return self.dense(x.mean(dim=(2, 3)))


def train(make_optimizer, dtype):
    model = ResNet20().to(dtype)
    assert sum(parameter.numel() for parameter in model.parameters()) == 269_722
    matrices = [parameter for parameter in model.parameters() if parameter.dim() > 1]
    vectors = [parameter for parameter in model.parameters() if parameter.dim() == 1]
    optimizer = make_optimizer(matrices, vectors)
    losses = []
    for step in range(STEPS):
        images, labels = batch(step)
        loss = functional.cross_entropy(model(images.to(dtype)), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def momentum(rate):
    def make(matrices, vectors):
        groups = [{"params": matrices, "weight_decay": 1e-4}, {"params": vectors, "weight_decay": 0}]
        return torch.optim.SGD(groups, lr=rate, momentum=0.9)

    return make


def adam(rate):
    return lambda matrices, vectors: torch.optim.Adam(matrices + vectors, lr=rate)


def main():
    torch.set_num_threads(2)
    runs = []
    for optimizer, make, rate in (
        ("momentum", momentum, 0.002),
        ("adam", adam, 0.0001),
        ("momentum", momentum, 0.1),
        ("adam", adam, 0.001),
    ):
        exact = train(make(rate), torch.float64)
        single = train(make(rate), torch.float32)
        # A batch norm and a ReLU make large steps chaotic: this is how far PyTorch's own float32 strays from its float64.
        strays = [abs(a / b - 1) for a, b in zip(single, exact)]
        print(optimizer, rate, exact, max(strays), flush=True)
        runs.append({"optimizer": optimizer, "learningRate": rate, "losses": exact, "strays": strays})
    golden = {
        "seed": SEED,
        "batch": BATCH,
        "firstKernel": he_normal("conv.kernel", (3, 3, 3, 16)).reshape(-1)[:8].tolist(),
        "runs": runs,
    }
    target = pathlib.Path(__file__).parent.parent / "golden" / "resnet20.json"
    target.write_text(json.dumps(golden, indent=2) + "\n")


if __name__ == "__main__":
    main()
