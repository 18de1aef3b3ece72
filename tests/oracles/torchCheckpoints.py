"""Small checkpoints that torch itself saves: `python tests/oracles/torchCheckpoints.py`.

Every type of number, views of one storage, wrappers of trainings, both formats. What must be read of them is written beside them.
"""

import argparse
import collections
import json
import pathlib

import torch

TARGET = pathlib.Path(__file__).parents[1] / "fixtures" / "torch"


def tensors():
    torch.manual_seed(7)
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6) / 8 - 1
    state = collections.OrderedDict()
    state["plain.weight"] = base
    state["transposed.weight"] = base.t()
    state["sliced.weight"] = base[1:3, ::2]
    state["row.bias"] = base[2]
    state["repeated.bias"] = torch.tensor([0.5]).expand(5)
    state["reversed.weight"] = base.reshape(2, 3, 4).permute(2, 0, 1)
    state["double.weight"] = torch.randn(3, 2, dtype=torch.float64)
    state["half.weight"] = torch.randn(3, 2).half()
    state["brain.weight"] = torch.randn(3, 2).bfloat16()
    state["long.counter"] = torch.tensor(-(2**40))
    state["int.values"] = torch.tensor([-3, 4], dtype=torch.int32)
    state["short.values"] = torch.tensor([-3, 4], dtype=torch.int16)
    state["char.values"] = torch.tensor([-3, 4], dtype=torch.int8)
    state["byte.values"] = torch.tensor([3, 255], dtype=torch.uint8)
    state["bool.values"] = torch.tensor([True, False])
    state["parameter.weight"] = torch.nn.Parameter(torch.randn(2, 2))
    state["empty.weight"] = torch.zeros(0, 3)
    return state


def expected(state):
    return {
        name: {"dims": list(tensor.shape), "values": tensor.detach().double().reshape(-1).tolist()}
        for name, tensor in state.items()
    }


class Danger:
    def __reduce__(self):
        return (eval, ("__import__('os').getcwd()",))


def training(state):
    """What a script of timm or Lightning keeps beside the weights."""
    module = torch.nn.Linear(2, 2)
    optimizer = torch.optim.Adam(module.parameters())
    module(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    return {
        "epoch": 3,
        "arch": "resnet18",
        "args": argparse.Namespace(lr=0.1, out=pathlib.PurePosixPath("runs/first")),
        "state_dict": {f"module.{name}": tensor for name, tensor in state.items()},
        "optimizer": optimizer.state_dict(),
        "best": collections.defaultdict(float, loss=0.25),
    }


if __name__ == "__main__":
    TARGET.mkdir(parents=True, exist_ok=True)
    state = tensors()
    torch.save(state, TARGET / "archive.pth")
    torch.save(state, TARGET / "protocol4.pt", pickle_protocol=4)
    later = {"large.values": torch.tensor([1, 2**31], dtype=torch.uint32)}
    torch.save({**state, **later}, TARGET / "later.pt")
    torch.save(state, TARGET / "legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(training(state), TARGET / "training.ckpt")
    torch.save(training(state), TARGET / "training-legacy.ckpt", _use_new_zipfile_serialization=False)
    torch.save({"weight": torch.ones(2), "run": Danger()}, TARGET / "danger.pth")
    torch.save(torch.nn.Linear(2, 2), TARGET / "module.pth")
    torch.save(torch.ones(3), TARGET / "tensor.pth")
    torch.jit.save(torch.jit.script(torch.nn.Linear(2, 2)), str(TARGET / "scripted.pt"))
    (TARGET / "expected.json").write_text(
        json.dumps({"torch": torch.__version__, "tensors": expected(state), "later": expected(later)}) + "\n"
    )
