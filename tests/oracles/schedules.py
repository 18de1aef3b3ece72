"""Prints the learning rates of PyTorch's schedulers, step by step.

    python tests/oracles/schedules.py > src/graph-engine/training/schedules.golden.json
"""

import json
import random
import warnings

import torch
from torch.optim import lr_scheduler

warnings.simplefilter("ignore")

EPOCHS, STEPS, RATE = 8, 5, 0.2


def run(make, per="step"):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=RATE)
    scheduler = make(optimizer)
    rates = []
    for _ in range(EPOCHS):
        for _ in range(STEPS):
            rates.append(optimizer.param_groups[0]["lr"])
            if per == "step":
                scheduler.step()
        if per == "epoch":
            scheduler.step()
    return rates


cases = [
    {
        "schedule": {"kind": "step", "everyEpochs": 3, "factor": 0.1},
        "rates": run(lambda o: lr_scheduler.StepLR(o, 3, 0.1), "epoch"),
    },
    {
        "schedule": {"kind": "exponential", "factor": 0.8},
        "rates": run(lambda o: lr_scheduler.ExponentialLR(o, 0.8), "epoch"),
    },
    {
        "schedule": {"kind": "cosine", "warmupSteps": 0},
        "rates": run(lambda o: lr_scheduler.CosineAnnealingLR(o, EPOCHS * STEPS)),
    },
    {
        "schedule": {"kind": "one-cycle"},
        "rates": run(lambda o: lr_scheduler.OneCycleLR(o, RATE, total_steps=EPOCHS * STEPS, pct_start=0.3)),
    },
    {
        "schedule": {"kind": "one-cycle", "riseShare": 0.45, "startDivisor": 10, "endDivisor": 100},
        "rates": run(
            lambda o: lr_scheduler.OneCycleLR(
                o, RATE, total_steps=EPOCHS * STEPS, pct_start=0.45, div_factor=10, final_div_factor=100
            )
        ),
    },
    {
        "schedule": {"kind": "constant", "warmupSteps": 7},
        "rates": run(lambda o: lr_scheduler.LinearLR(o, 1 / 7, 1, total_iters=6)),
    },
]

random.seed(7)
plateaus = []
for mode, patience in (("min", 2), ("max", 1), ("min", 0)):
    figures = [round(2 * 0.93 ** min(i, 12) + random.uniform(-0.03, 0.03), 5) for i in range(40)]
    if mode == "max":
        figures = [3 - figure for figure in figures]
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=RATE)
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, mode, factor=0.5, patience=patience, min_lr=0.01, eps=0)
    rates = []
    for figure in figures:
        rates.append(optimizer.param_groups[0]["lr"])
        scheduler.step(figure)
    plateaus.append({"mode": mode, "patience": patience, "figures": figures, "rates": rates})

print(json.dumps({"epochs": EPOCHS, "steps": STEPS, "rate": RATE, "cases": cases, "plateaus": plateaus}, indent=1))
