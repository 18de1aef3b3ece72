"""What PyTorch predicts with a whole network whose weights are made of the project's numbers, so that none have to be stored.

Drawing a hundred million numbers takes long, so all weights are cut out of one pool of about a million: a weight starts at a place
that its name says. The length of the pool is a prime number, so no two rows of a matrix are cut out of it alike.
"""

import dataclasses
import json
import math

import numpy
import torch
from philox import DATA, philox, stream_of
from reference import GOLDEN, SEED, assembled, from_torch, parts_of
from torch import nn

POOL = 1_048_573
WORDS = philox(POOL, (SEED, 0), stream_of("pool"), DATA) / 2**32 * 2 - 1


def pooled(name, dims, low, high):
    """The numbers of a name, in [low, high), as float32."""
    count = math.prod(dims)
    places = (stream_of(name) + numpy.arange(count, dtype=numpy.int64)) % POOL
    return ((low + high) / 2 + WORDS[places] * ((high - low) / 2)).astype(numpy.float32).reshape(dims)


def range_of(name, dims, gain):
    """Kernels of variance `gain / 3` over what comes in; scales and variances are positive; nothing has its first value."""
    if name.rpartition(".")[2] in ("scale", "runningVariance"):
        return 0.5, 1.5
    if name.endswith(".table"):
        return -0.5, 0.5
    if len(dims) > 1:
        limit = float(numpy.float32(math.sqrt(gain / (math.prod(dims) / dims[-1]))))
        return -limit, limit
    return -0.25, 0.25


@dataclasses.dataclass(frozen=True)
class Network:
    """A template, sizes of its inputs that CI can afford, and PyTorch's network of them."""

    build: object
    #: Our weights by name, each its parameter there: a function of the module.
    weights: object
    #: Parameters set on input nodes of the template, by node.
    inputs: dict
    #: By node: dims without the batch and, for tokens, how many there are.
    feeds: dict
    #: The module's results on its feeds, one for each of `outputs`.
    predict: object = lambda module, feeds: module(*feeds.values())
    #: The fetches that are compared.
    outputs: tuple = ("output/logits",)
    every: int = 8
    batch: int = 2
    #: 6 keeps the size of what a ReLU lets through; the more residual blocks or gates, the less, or the last drowns the first.
    gain: float = 3


def square(size, channels=3):
    """An image input of this size."""
    return {
        "inputs": {"input": {"height": size, "width": size}},
        "feeds": {"input": {"dims": [size, size, channels]}},
    }


def weights_of(module, network):
    """Our weights by name, and the module's parameters and buffers made of them."""
    parts = parts_of(module, network.weights(module))
    leaves = {name: torch.from_numpy(pooled(name, dims, *range_of(name, dims, network.gain))).double() for name, (_, _, dims, _) in parts.items()}
    return leaves, assembled(module, parts, leaves)


def feeds_of(network, prefix="inputs"):
    """By node, as PyTorch has them."""
    feeds = {}
    for node, feed in network.feeds.items():
        dims = [network.batch, *feed["dims"]]
        if "vocabulary" in feed:
            feeds[node] = whole_numbers(f"{prefix}/{node}", dims, feed["vocabulary"])
        else:
            values = torch.from_numpy(pooled(f"{prefix}/{node}", dims, -1.5, 1.5)).double()
            # Examples of different contrast: the pooled features of noise are alike otherwise.
            values = values * (torch.arange(1, network.batch + 1) / network.batch).reshape(-1, *(1 for _ in feed["dims"]))
            feeds[node] = values.permute(0, 3, 1, 2) if values.dim() == 4 else values
    return feeds


def whole_numbers(name, dims, count):
    return torch.from_numpy(numpy.floor(pooled(name, dims, 0, count))).long()


def write(name, network):
    module = network.build().double().eval()
    leaves, state = weights_of(module, network)
    feeds = feeds_of(network)
    with torch.no_grad():
        module.load_state_dict(state, strict=False)
        results = network.predict(module, feeds)
    results = results if isinstance(results, tuple) else (results,)
    flat = [from_torch(result, plain=False).reshape(network.batch, -1) for result in results]
    rows = torch.cat(flat, dim=1)
    # A network that forgets its input would agree with any other one that does.
    apart = (rows[0] - rows[1]).norm() / rows.norm()
    assert rows.isfinite().all() and apart > 0.02, f"{name}: {apart}"
    target = GOLDEN / "networks" / f"{name}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    golden = {
        "inputs": network.inputs,
        "feeds": network.feeds,
        "batch": network.batch,
        "gain": network.gain,
        "outputs": [{"fetch": fetch, "count": result.shape[1]} for fetch, result in zip(network.outputs, flat, strict=True)],
        "every": network.every,
        "norms": [float(f"{row.norm().item():.9g}") for row in rows],
        "values": [[float(f"{value:.9g}") for value in row[:: network.every].tolist()] for row in rows],
        "weights": sum(leaf.numel() for leaf in leaves.values()),
    }
    target.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    print(f"{name}: {golden['weights']} weights, norms {golden['norms']}, apart {apart:.3f}", flush=True)
