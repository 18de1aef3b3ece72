"""Prints what PyTorch makes of a small convolutional network under each option of training, in double precision.

    python tests/oracles/trainingOptions.py > src/graph-engine/lower/trainingOptions.golden.json
"""

import json

import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

torch.set_default_dtype(torch.float64)
torch.manual_seed(20)

STEPS, BATCH, SIZE, CHANNELS, FILTERS, CLASSES, RATE = 4, 7, 6, 2, 4, 3, 0.1


class Network(nn.Module):
    def __init__(self, norm=True):
        super().__init__()
        self.conv = nn.Conv2d(CHANNELS, FILTERS, 3, padding=1)
        self.norm = nn.BatchNorm2d(FILTERS) if norm else None
        self.dense = nn.Linear(FILTERS, CLASSES)

    def forward(self, x):
        x = self.conv(x)
        x = x if self.norm is None else self.norm(x)
        return self.dense(F.relu(x).mean(dim=(2, 3)))


def variables(network, prefix=""):
    """As programs have them: kernels are [height, width, in, out] and [in, out]."""
    found = {
        "conv.kernel": network.conv.weight.permute(2, 3, 1, 0),
        "conv.bias": network.conv.bias,
        "dense.kernel": network.dense.weight.T,
        "dense.bias": network.dense.bias,
    }
    if network.norm is not None:
        found |= {
            "norm.scale": network.norm.weight,
            "norm.offset": network.norm.bias,
            "norm.runningMean": network.norm.running_mean,
            "norm.runningVariance": network.norm.running_var,
        }
    return {prefix + name: value.detach().flatten().tolist() for name, value in found.items()}


start = Network()
with torch.no_grad():
    start.norm.weight.uniform_(0.5, 1.5)
    start.norm.bias.uniform_(-0.5, 0.5)
images = torch.randn(STEPS, BATCH, CHANNELS, SIZE, SIZE)
labels = torch.randint(0, CLASSES, (STEPS, BATCH))
PARTNER = [2, 0, 1, 5, 3, 6, 4]
SHARE = 0.7
# Edges as shares of the image, and the pixels whose middles lie within.
BOX, ROWS, COLUMNS = [0.2, 0.8, 0.0, 0.45], slice(1, 5), slice(0, 3)


def groups(network, decay, spares):
    spared = []
    for name, parameter in network.named_parameters():
        norm, bias = name.startswith("norm"), name.endswith("bias")
        if {"norms": norm, "biases": bias, "nothing": False, "norms-and-biases": norm or bias}[spares]:
            spared.append(parameter)
    ids = {id(one) for one in spared}
    rest = [one for one in network.parameters() if id(one) not in ids]
    return [{"params": rest, "weight_decay": decay}, {"params": spared, "weight_decay": 0}]


def cross_entropy(settings):
    weights = settings.get("classWeights")
    weight = torch.tensor([float(one) for one in weights["weights"].split(",")]) if weights else None
    return lambda x, y: F.cross_entropy(x, y, weight=weight, label_smoothing=settings.get("labelSmoothing", 0))


def run(settings, frozen=(), norm=True):
    network = Network(norm)
    network.load_state_dict({k: v for k, v in start.state_dict().items() if norm or not k.startswith("norm")})
    for name in frozen:
        for parameter in getattr(network, name).parameters():
            parameter.requires_grad = False
    decay, spares = settings["optimizer"]["weightDecay"], settings.get("weightDecaySpares", "norms-and-biases")
    optimizer = torch.optim.SGD(groups(network, decay, spares), lr=RATE, momentum=0.9)
    averaging = settings.get("averaging")
    average = AveragedModel(network, multi_avg_fn=get_ema_multi_avg_fn(averaging["decay"]), use_buffers=True) if averaging else None
    loss_of, mixing = cross_entropy(settings), settings.get("mixing", {}).get("kind")
    steps = []
    for x, y in zip(images, labels):
        network.train()
        for name in frozen:
            getattr(network, name).eval()
        if mixing == "mixup":
            mixed, share = SHARE * x + (1 - SHARE) * x[PARTNER], SHARE
        elif mixing == "cutmix":
            mixed = x.clone()
            mixed[:, :, ROWS, COLUMNS] = x[PARTNER][:, :, ROWS, COLUMNS]
            share = 1 - 4 * 3 / SIZE**2
        else:
            mixed, share = x, 1
        scores = network(mixed)
        loss = loss_of(scores, y) * share + (loss_of(scores, y[PARTNER]) * (1 - share) if mixing else 0)
        optimizer.zero_grad()
        loss.backward()
        clipping = settings.get("clipping")
        if clipping:
            nn.utils.clip_grad_norm_(network.parameters(), clipping["maximum"])
        optimizer.step()
        expected = {"loss": loss.item(), "variables": variables(network)}
        if average is not None:
            average.update_parameters(network)
            average.eval()
            expected["variables"] |= variables(average.module, "average/")
            expected["evaluated"] = F.cross_entropy(average(x), y).item()
        steps.append(expected)
    return {"settings": settings, "frozen": list(frozen), "norm": norm, "steps": steps}


def settings(decay=0.05, **rest):
    return {"optimizer": {"kind": "momentum", "momentum": 0.9, "weightDecay": decay}, **rest}


cases = [
    run(settings()),
    run(settings(weightDecaySpares="nothing")),
    run(settings(weightDecaySpares="norms")),
    run(settings(weightDecaySpares="biases")),
    run(settings(accumulate=3), norm=False),
    run(settings(accumulate=3, clipping={"kind": "norm", "maximum": 0.2}), norm=False),
    run(settings(averaging={"kind": "ema", "decay": 0.8})),
    run(settings(labelSmoothing=0.2)),
    run(settings(classWeights={"kind": "given", "weights": "1, 3, 0.5"}, labelSmoothing=0.1)),
    run(settings(mixing={"kind": "mixup", "alpha": 0.2})),
    run(settings(mixing={"kind": "cutmix", "alpha": 1})),
    run(settings(), frozen=["conv", "norm"]),
    run(settings(averaging={"kind": "ema", "decay": 0.5}, accumulate=1), frozen=["dense"]),
]

print(
    json.dumps(
        {
            "rate": RATE,
            "partner": PARTNER,
            "share": SHARE,
            "box": BOX,
            "start": variables(start),
            "images": [x.permute(0, 2, 3, 1).flatten().tolist() for x in images],
            "labels": labels.tolist(),
            "cases": cases,
        }
    )
)
