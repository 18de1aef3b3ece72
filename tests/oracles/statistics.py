"""Statistics of every node of ResNet-20 in a training step, measured by PyTorch's hooks in double precision.

Writes tests/golden/statistics.json, which src/main/executors/statistics.test.ts compares our engine with. The network, its
weights are those of resnet20.py, and so are the batches, but for their size: of so few images one can be found that leaves no unit on
the edge of a ReLU. The statistics are of the last of a few steps:
momentum shows from the second on, while Adam's whole steps along rounding errors blur what comes after its first.

    python tests/oracles/statistics.py
"""

import itertools
import json
import pathlib

import torch
from edges import first_far
from resnet20 import SEED, ResNet20, adam, batch, momentum
from torch import nn
from torch.nn import functional

BATCH = 2


class Watched(ResNet20):
    """The same network, whose every value is kept under the path of our node."""

    def keep(self, path, value):
        value.retain_grad()
        self.values[path] = value
        return value

    def share(self, path, port, value):
        """A copy for one use of the value: its gradient is what flows back through this use alone."""
        copy = value.clone()
        copy.retain_grad()
        self.shares[path, port] = copy
        return copy

    def forward(self, images):
        self.values, self.shares = {}, {}
        x = self.keep("conv", self.conv(images))
        x = self.keep("bn", self.bn(x))
        x = self.keep("relu", functional.relu(x))
        for index, block in enumerate(self.blocks):
            name = f"stage{index // 3 + 1}[{index % 3}]"
            side = block.missing // 2
            skipped = self.share(f"{name}.subsample" if block.stride > 1 else f"{name}.add", "input" if block.stride > 1 else "b", x)
            y = self.keep(f"{name}.conv1", block.conv1(self.share(f"{name}.conv1", "input", x)))
            y = self.keep(f"{name}.bn1", block.bn1(y))
            y = self.keep(f"{name}.relu1", functional.relu(y))
            y = self.keep(f"{name}.conv2", block.conv2(y))
            y = self.keep(f"{name}.bn2", block.bn2(y))
            shortcut = skipped[:, :, :: block.stride, :: block.stride]
            shortcut = functional.pad(shortcut, (0, 0, 0, 0, side, block.missing - side))
            x = self.keep(f"{name}.add", y + shortcut)
            x = self.keep(f"{name}.relu2", functional.relu(x))
        x = self.keep("pool", x.mean(dim=(2, 3)))
        return self.keep("dense", self.dense(x))


def modules(model):
    named = {"conv": model.conv, "bn": model.bn, "dense": model.dense}
    for index, block in enumerate(model.blocks):
        name = f"stage{index // 3 + 1}[{index % 3}]"
        for part in ("conv1", "bn1", "conv2", "bn2"):
            named[f"{name}.{part}"] = getattr(block, part)
    return named


def norm(tensors):
    return torch.sqrt(sum((tensor.double() ** 2).sum() for tensor in tensors)).item()


def measure(make_optimizer, steps):
    model = Watched().double()
    matrices = [parameter for parameter in model.parameters() if parameter.dim() > 1]
    vectors = [parameter for parameter in model.parameters() if parameter.dim() == 1]
    optimizer = make_optimizer(matrices, vectors)
    found, taken = {}, []
    for step in range(steps):
        numbers = itertools.count(taken[-1] + 1 if taken else 0)
        unwatched = ResNet20().double()
        unwatched.load_state_dict(model.state_dict())
        taken.append(first_far(numbers, unwatched, lambda module, number: module(batch(number, BATCH)[0].double())))
        images, labels = batch(taken[-1], BATCH)
        loss = functional.cross_entropy(model(images.double()), labels)
        optimizer.zero_grad()
        loss.backward()
        before = {path: [p.detach().clone() for p in module.parameters()] for path, module in modules(model).items()}
        optimizer.step()
        found = {}
        for path, value in model.values.items():
            found[f"{path} mean"] = value.mean().item()
            found[f"{path} deviation"] = value.std(correction=0).item()
            found[f"{path} gradient"] = norm([value.grad])
            if path.split(".")[-1].startswith("relu"):
                found[f"{path} dead"] = (value.amax(dim=(0, 2, 3)) <= 0).double().mean().item()
        for (path, port), copy in model.shares.items():
            found[f"{path} inputGradient {port}"] = norm([copy.grad])
        for path, module in modules(model).items():
            parameters = list(module.parameters())
            found[f"{path} weight"] = norm(before[path])
            found[f"{path} weightGradient"] = norm([p.grad for p in parameters])
            found[f"{path} update"] = norm([p - old for p, old in zip(parameters, before[path])])
    print(taken, flush=True)
    return {"batches": taken, "statistics": {key: float(f"{value:.7g}") for key, value in sorted(found.items())}}


def main():
    torch.manual_seed(0)
    runs = [
        {"optimizer": "momentum", "learningRate": 0.002, **measure(momentum(0.002), 2)},
        {"optimizer": "adam", "learningRate": 0.001, **measure(adam(0.001), 1)},
    ]
    golden = pathlib.Path(__file__).parent.parent / "golden" / "statistics.json"
    golden.write_text(json.dumps({"seed": SEED, "batch": BATCH, "runs": runs}, indent=1) + "\n")


if __name__ == "__main__":
    main()
