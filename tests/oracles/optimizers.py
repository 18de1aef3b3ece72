"""Prints what PyTorch's optimizers make of a small least-squares problem, in double precision.

    python tests/oracles/optimizers.py > src/graph-engine/program/optimizers/optimizers.golden.json
"""

import json

import torch
from timm.optim import Lamb, Lion

torch.set_default_dtype(torch.float64)

x = torch.tensor([[0.5, -1.0, 2.0], [1.5, 0.25, -0.75], [-0.5, 1.0, 0.3], [2.0, -0.1, 0.7]])
target = torch.tensor([[1.0, -1.0], [0.5, 0.25], [-2.0, 1.0], [0.0, 3.0]])
kernel = torch.tensor([[0.1, -0.2], [0.3, 0.05], [-0.4, 0.6]])
bias = torch.tensor([0.2, -0.1])

cases = [
    ("sgd", {}, 0.05, None),
    ("sgd", {"weightDecay": 0.1}, 0.05, None),
    ("momentum", {"momentum": 0.9}, 0.02, None),
    ("momentum", {"momentum": 0.8, "weightDecay": 0.05}, 0.02, None),
    ("nesterov", {"momentum": 0.9, "weightDecay": 0.01}, 0.02, None),
    ("adam", {}, 0.05, None),
    ("adam", {"beta1": 0.8, "beta2": 0.95, "epsilon": 0.01, "weightDecay": 0.1}, 0.05, None),
    ("adamw", {}, 0.05, None),
    ("adamw", {"beta1": 0.85, "beta2": 0.98, "epsilon": 0.01, "weightDecay": 0.2}, 0.05, None),
    ("sgd", {}, 0.05, 1.0),
    ("adam", {"epsilon": 0.1}, 0.05, 0.5),
    ("sgd", {}, 0.05, 1000.0),
    ("rmsprop", {}, 0.02, None),
    ("rmsprop", {"smoothing": 0.9, "momentum": 0.9, "epsilon": 1e-3, "weightDecay": 0.05}, 0.01, None),
    ("lamb", {}, 0.02, None),
    ("lamb", {"beta1": 0.8, "beta2": 0.95, "epsilon": 1e-3, "weightDecay": 0.2}, 0.05, 0.7),
    ("lamb", {"weightDecay": 0}, 0.02, None),
    ("lion", {}, 0.02, None),
    ("lion", {"beta1": 0.8, "beta2": 0.95, "weightDecay": 0.2}, 0.01, None),
    ("sgd", {}, 0.05, {"kind": "value", "maximum": 0.4}),
    ("momentum", {"weightDecay": 0.1}, 0.05, {"kind": "value", "maximum": 1.5}),
]

DECAY = {"adamw": 0.01, "lamb": 0.01, "lion": 0.1}


def make(kind, settings, parameters, rate):
    decay = settings.get("weightDecay", DECAY.get(kind, 0))
    groups = [{"params": parameters[:1], "weight_decay": decay}, {"params": parameters[1:], "weight_decay": 0}]
    if kind in ("sgd", "momentum", "nesterov"):
        momentum = settings.get("momentum", 0.9) if kind != "sgd" else 0
        return torch.optim.SGD(groups, lr=rate, momentum=momentum, nesterov=kind == "nesterov")
    if kind == "rmsprop":
        return torch.optim.RMSprop(
            groups,
            lr=rate,
            alpha=settings.get("smoothing", 0.99),
            momentum=settings.get("momentum", 0),
            eps=settings.get("epsilon", 1e-8),
        )
    betas = (settings.get("beta1", 0.9), settings.get("beta2", 0.99 if kind == "lion" else 0.999))
    if kind == "lion":
        return Lion(groups, lr=rate, betas=betas)
    if kind == "lamb":
        # What decays is adapted whether it decays or not; the rest takes Adam's steps.
        groups[0]["always_adapt"] = True
        return Lamb(groups, lr=rate, betas=betas, eps=settings.get("epsilon", 1e-6), max_grad_norm=None)
    rule = torch.optim.Adam if kind == "adam" else torch.optim.AdamW
    return rule(groups, lr=rate, betas=betas, eps=settings.get("epsilon", 1e-8))


results = []
for kind, settings, rate, clip in cases:
    w = kernel.clone().requires_grad_()
    b = bias.clone().requires_grad_()
    optimizer = make(kind, settings, [w, b], rate)
    steps = []
    for _ in range(5):
        optimizer.zero_grad()
        loss = ((x @ w + b - target) ** 2).sum(dim=1).mean()
        loss.backward()
        if isinstance(clip, dict):
            torch.nn.utils.clip_grad_value_([w, b], clip["maximum"])
        elif clip is not None:
            torch.nn.utils.clip_grad_norm_([w, b], clip)
        optimizer.step()
        steps.append({"loss": loss.item(), "kernel": w.detach().flatten().tolist(), "bias": b.detach().tolist()})
    entry = {"settings": {"kind": kind, **settings}, "learningRate": rate, "steps": steps}
    if clip is not None:
        entry["clipping"] = clip if isinstance(clip, dict) else {"kind": "norm", "maximum": clip}
    results.append(entry)

print(
    json.dumps(
        {
            "x": x.flatten().tolist(),
            "target": target.flatten().tolist(),
            "kernel": kernel.flatten().tolist(),
            "bias": bias.tolist(),
            "cases": results,
        },
        indent=1,
    )
)
