"""Writes tests/golden/training: losses of PyTorch over ten training steps of small networks, each with its optimizers.

    python tests/oracles/training.py [template ...]
"""

import dataclasses
import json
import sys
import typing

import torch
import torch.nn.functional as F
from edges import first_far, tries
from networkReferences import REFERENCES, Network
from reference import GOLDEN
from wholeNetwork import feeds_of, square, weights_of, whole_numbers

STEPS = 10


@dataclasses.dataclass(frozen=True)
class Training:
    network: Network
    #: Dims of the targets without the batch, and how many classes there are.
    targets: dict
    #: Settings as a document has them, and a rate.
    optimizers: tuple
    loss: typing.Callable = F.cross_entropy


def small(name, batch=8, **changes):
    return dataclasses.replace(REFERENCES[name], batch=batch, **changes)


def momentum(rate):
    return {"kind": "momentum", "momentum": 0.9, "weightDecay": 1e-4}, rate


def adamw(rate):
    return {"kind": "adamw", "weightDecay": 0.05}, rate


def next_token(logits, targets):
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


TRAININGS = {
    "mini-gpt": Training(small("mini-gpt", batch=4), {"dims": [16], "classes": 96}, (momentum(0.01), adamw(1e-4)), next_token),
    "u-net-padded": Training(
        small("u-net-padded", batch=4, **square(16)), {"dims": [16, 16], "classes": 5}, (momentum(0.01), adamw(1e-4))
    ),
}


def optimizer_of(settings, rate, module):
    """Weight decay pulls on all but vectors."""
    parameters = list(module.parameters())
    groups = [
        {"params": [one for one in parameters if one.dim() > 1], "weight_decay": settings["weightDecay"]},
        {"params": [one for one in parameters if one.dim() <= 1], "weight_decay": 0},
    ]
    if settings["kind"] == "momentum":
        return torch.optim.SGD(groups, lr=rate, momentum=settings["momentum"])
    return torch.optim.AdamW(groups, lr=rate)


def feeds_for(network, batch, dtype):
    return {node: feed.to(dtype) if feed.is_floating_point() else feed for node, feed in feeds_of(network, batch).items()}


def losses_of(training, settings, rate, dtype, batches=None):
    """The losses, and the names of the batches; those that come near no edge are looked for if none are given."""
    network = training.network
    module = network.build().double()
    _, state = weights_of(module, network)
    module.load_state_dict(state, strict=False)
    module.to(dtype).train()
    optimizer = optimizer_of(settings, rate, module)
    predict = lambda module, batch: network.predict(module, feeds_for(network, batch, dtype))
    losses, taken = [], []
    for step in range(STEPS):
        batch = batches[step] if batches else first_far(tries(f"step {step}"), module, predict)
        targets = whole_numbers(f"targets of {batch}", [network.batch, *training.targets["dims"]], training.targets["classes"])
        loss = training.loss(predict(module, batch), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        taken.append(batch)
    return losses, taken


def write(name, training):
    network, runs = training.network, []
    for settings, rate in training.optimizers:
        exact, batches = losses_of(training, settings, rate, torch.float64)
        single, _ = losses_of(training, settings, rate, torch.float32, batches)
        # How far PyTorch's own float32 strays from its float64.
        strays = [abs(a / b - 1) for a, b in zip(single, exact)]
        print(name, settings["kind"], exact[0], exact[-1], f"strays {max(strays):.1e}", batches, flush=True)
        runs.append({"optimizer": settings, "learningRate": rate, "batches": batches, "losses": exact, "strays": [float(f"{one:.3g}") for one in strays]})
    target = GOLDEN / "training" / f"{name}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    golden = {"inputs": network.inputs, "feeds": network.feeds, "batch": network.batch, "gain": network.gain, "targets": training.targets, "runs": runs}
    target.write_text(json.dumps(golden, indent=1) + "\n")


for name in sys.argv[1:] or TRAININGS:
    write(name, TRAININGS[name])
