"""Writes a residual network by PyTorch's two exporters, normalization kept apart, and the losses PyTorch trains it with.

    python tests/oracles/onnxTraining.py

The files are tests/fixtures/onnx/training-*.onnx; the losses tests/golden/onnxTraining.json.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import nn

TESTS = Path(__file__).parent.parent
EPOCHS, RATE, TRAIN, VALIDATION, SIZE, CLASSES = 6, 0.01, 24, 8, 8, 4
torch.manual_seed(3)


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        return torch.relu(x + self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x))))))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU())
        self.layers = nn.Sequential(Block(4), Block(4))
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(4, CLASSES)

    def forward(self, x):
        return self.fc(torch.flatten(self.pool(self.layers(self.stem(x))), 1))


def pixels(count, seed):
    """The same bytes are made in the test: a linear congruential generator."""
    values = []
    for _ in range(count):
        seed = (seed * 1103515245 + 12345) % 2147483648
        values.append(seed * 256 // 2147483648)
    return np.array(values, dtype=np.float64) / 255


def images(count, seed):
    """Channels last, as files have them; every class has one of its own brightnesses."""
    labels = np.arange(count) % CLASSES
    x = pixels(count * SIZE * SIZE * 3, seed).reshape(count, SIZE, SIZE, 3)
    return torch.tensor(x.transpose(0, 3, 1, 2).copy()), torch.tensor(labels)


network = Network().eval()
with torch.no_grad():
    for name, value in network.named_buffers():
        if name.endswith("running_mean"):
            value.copy_(torch.randn_like(value) * 0.1)
        if name.endswith("running_var"):
            value.copy_(torch.rand_like(value) + 0.5)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.2)

example = torch.randn(2, 3, SIZE, SIZE)
folder = TESTS / "fixtures" / "onnx"
torch.onnx.export(
    network, example, folder / "training-torchscript.onnx", dynamo=False, input_names=["x"], output_names=["scores"],
    dynamic_axes={"x": {0: "batch"}}, training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False,
)
program = torch.onnx.export(
    network, (example,), dynamo=True, input_names=["x"], output_names=["scores"],
    dynamic_shapes=({0: torch.export.Dim("batch")},), optimize=False, verbose=False,
)
program.save(folder / "training-dynamo.onnx", external_data=False)
for path in [folder / "training-torchscript.onnx", folder / "training-dynamo.onnx"]:
    model = onnx.load(path)
    for node in model.graph.node:
        # Stack traces of the exporting program are no part of the model.
        keep = [one for one in node.metadata_props if one.key == "pkg.torch.onnx.name_scopes"]
        del node.metadata_props[:]
        node.metadata_props.extend(keep)
        node.doc_string = ""
    for holder in [model, model.graph, *model.graph.value_info, *model.graph.input, *model.graph.output, *model.graph.initializer]:
        del holder.metadata_props[:]
    onnx.save(model, path)
    print(path.name, path.stat().st_size, [node.op_type for node in model.graph.node].count("BatchNormalization"))

network = network.double()
x, y = images(TRAIN, 7)
own_x, own_y = images(VALIDATION, 11)
optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
train, validation = [], []
for _ in range(EPOCHS):
    network.train()
    loss = nn.functional.cross_entropy(network(x), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    train.append(loss.item())
    network.eval()
    with torch.no_grad():
        validation.append(nn.functional.cross_entropy(network(own_x), own_y).item())
golden = {
    "size": SIZE, "classes": CLASSES, "samples": {"train": TRAIN, "val": VALIDATION}, "rate": RATE,
    "parameters": sum(p.numel() for p in network.parameters()),
    "trainLoss": [float(f"{v:.8g}") for v in train], "validationLoss": [float(f"{v:.8g}") for v in validation],
}
(TESTS / "golden" / "onnxTraining.json").write_text(json.dumps(golden, indent=1) + "\n")
print(golden)
