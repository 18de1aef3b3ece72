"""What PyTorch's GradScaler does with steps whose gradients overflow; writes src/graph-engine/program/lossScaling.golden.json."""

import json
import pathlib

import torch

INPUTS = [[0.5, -1.0, 2.0], [1.5, 0.25, -0.75]]
TARGETS = [[1.0, -1.0], [0.5, 2.0]]
WEIGHTS = [[0.1, -0.2], [0.3, 0.4], [-0.5, 0.6]]
# The second and third step overflow once the loss has been multiplied by 65536.
FACTORS = [1.0, 1e18, 3e17, 2.0, 1.0]
OPTIMIZERS = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.1, weight_decay=0.01),
    "momentum": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01),
    "nesterov": lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.01),
    "adam": lambda p: torch.optim.Adam(p, lr=0.1, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.1, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01),
}


def train(make):
    weights = torch.nn.Parameter(torch.tensor(WEIGHTS))
    optimizer = make([weights])
    scaler = torch.amp.GradScaler("cpu")
    history = []
    for factor in FACTORS:
        optimizer.zero_grad()
        results = (torch.tensor(INPUTS) * factor) @ weights
        loss = ((results - torch.tensor(TARGETS)) ** 2).mean()
        scaler.scale(loss).backward()
        scaler.step(optimizer)
        scaler.update()
        history.append({"scale": scaler.get_scale(), "weights": weights.detach().flatten().tolist()})
    return history


golden = {
    "inputs": INPUTS,
    "targets": TARGETS,
    "weights": WEIGHTS,
    "factors": FACTORS,
    "histories": {name: train(make) for name, make in OPTIMIZERS.items()},
}
place = pathlib.Path(__file__).parents[2] / "src/graph-engine/program/lossScaling.golden.json"
place.write_text(json.dumps(golden, indent=1) + "\n")
