"""The towers of AlphaGo Zero: residual blocks that end in a policy and a value."""

from blockReferences.mapping import kernel, linear, norm, pairs
from blockReferences.residual import BASIC
from networkReferences.cifar import inside
from torch import nn
from torchvision.models.resnet import BasicBlock
from wholeNetwork import Network


class Tower(nn.Module):
    def __init__(self, planes, filters, blocks, size, moves, hidden):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(planes, filters, 3, padding=1, bias=False), nn.BatchNorm2d(filters), nn.ReLU())
        self.blocks = nn.Sequential(*(BasicBlock(filters, filters) for _ in range(blocks)))
        self.policy = nn.Sequential(self.head(filters, 2), nn.Linear(2 * size * size, moves))
        self.value = nn.Sequential(
            self.head(filters, 1), nn.Linear(size * size, hidden), nn.ReLU(), nn.Linear(hidden, 1), nn.Tanh()
        )

    def head(self, filters, planes):
        return nn.Sequential(nn.Conv2d(filters, planes, 1, bias=False), nn.BatchNorm2d(planes), nn.ReLU(), nn.Flatten())

    def forward(self, x):
        x = self.blocks(self.stem(x))
        return self.policy(x), self.value(x)


def tower(planes, filters, blocks, size, moves, hidden):
    def weights(_):
        names = pairs(conv="stem.0", bn="stem.1")
        for head in ("policy", "value"):
            names |= kernel(f"{head}-conv", f"{head}.0.0") | norm(f"{head}-bn", f"{head}.0.1") | linear(f"{head}-dense", f"{head}.1")
        names |= linear("value-score", "value.3")
        for index in range(blocks):
            names |= inside(f"tower[{index}]", f"blocks.{index}", BASIC)
        return names

    return Network(
        lambda: Tower(planes, filters, blocks, size, moves, hidden),
        weights,
        inputs={},
        feeds={"input": {"dims": [size, size, planes]}},
        outputs=("policy/logits", "value/values"),
        every=1,
    )


REFERENCES = {
    "rl-tower-small": tower(2, 32, 4, 3, 9, 32),
    "rl-tower-go": tower(17, 256, 19, 19, 362, 256),
}
