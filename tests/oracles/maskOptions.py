"""Prints what PyTorch makes of a small network for masks under mixing and class weights, in double precision.

    python tests/oracles/maskOptions.py > src/graph-engine/lower/maskOptions.golden.json
"""

import json

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
torch.manual_seed(7)

STEPS, BATCH, SIZE, CHANNELS, CLASSES, RATE = 2, 4, 6, 2, 3, 0.1
start = nn.Conv2d(CHANNELS, CLASSES, 3, padding=1)
images = torch.randn(STEPS, BATCH, CHANNELS, SIZE, SIZE)
masks = torch.randint(0, CLASSES, (STEPS, BATCH, SIZE, SIZE))
PARTNER = [2, 3, 1, 0]
# Edges as shares of the image, and the pixels whose middles lie within.
BOX, ROWS, COLUMNS = [0.2, 0.8, 0.0, 0.45], slice(1, 5), slice(0, 3)
WEIGHTS = [1.0, 3.0, 0.5]


def dice(scores, mask, weights):
    """Of each example, over its classes by their weights."""
    told, meant = scores.softmax(1), F.one_hot(mask, CLASSES).permute(0, 3, 1, 2).to(scores.dtype)
    overlap, areas = (told * meant).sum((2, 3)), (told + meant).sum((2, 3))
    share = (2 * overlap + 1) / (areas + 1)
    weights = torch.ones(CLASSES) if weights is None else weights
    return 1 - (share * weights).sum(1) / weights.sum()


def loss_of(kind, scores, mask, weights):
    of_pixels = torch.ones_like(mask, dtype=scores.dtype) if weights is None else weights[mask]
    of_examples = of_pixels.mean((1, 2))
    dice_loss = (dice(scores, mask, weights) * of_examples).sum() / of_examples.sum()
    cross_entropy = F.cross_entropy(scores, mask, weight=weights)
    return {"cross-entropy": cross_entropy, "dice": dice_loss, "both": cross_entropy + dice_loss}[kind]


def run(kind, cut, weighted):
    network = nn.Conv2d(CHANNELS, CLASSES, 3, padding=1)
    network.load_state_dict(start.state_dict())
    optimizer = torch.optim.SGD(network.parameters(), lr=RATE)
    weights = torch.tensor(WEIGHTS) if weighted else None
    steps = []
    for x, mask in zip(images, masks):
        x, mask = x.clone(), mask.clone()
        if cut:
            other, others = x[PARTNER].clone(), mask[PARTNER].clone()
            x[:, :, ROWS, COLUMNS] = other[:, :, ROWS, COLUMNS]
            mask[:, ROWS, COLUMNS] = others[:, ROWS, COLUMNS]
        loss = loss_of(kind, network(x), mask, weights)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        steps.append({"loss": loss.item(), "kernel": network.weight.permute(2, 3, 1, 0).flatten().tolist()})
    return {"kind": kind, "cut": cut, "weighted": weighted, "steps": steps}


print(
    json.dumps(
        {
            "rate": RATE,
            "partner": PARTNER,
            "box": BOX,
            "weights": WEIGHTS,
            "kernel": start.weight.permute(2, 3, 1, 0).flatten().tolist(),
            "bias": start.bias.tolist(),
            "images": [x.permute(0, 2, 3, 1).flatten().tolist() for x in images],
            "masks": [mask.flatten().tolist() for mask in masks],
            "cases": [
                run("cross-entropy", True, False),
                run("cross-entropy", False, True),
                run("dice", False, True),
                run("both", True, True),
            ],
        }
    )
)
