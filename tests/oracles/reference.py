"""What PyTorch makes of one op or block: outputs, gradients and updated statistics, as golden cases.

Inputs and weights are not stored but drawn from the project's generator by name, so a case holds results only. They are float32
numbers; PyTorch computes in double precision, so that none of a tolerance is spent on its own rounding. Tensors are stored
as programs have them: images channels last, kernels [..., in, out].
"""

import dataclasses
import json
import math
import pathlib
import typing

import numpy
import torch
from philox import DATA, philox, stream_of, uniform
from torch import nn

torch.set_default_dtype(torch.float64)

SEED = 3
GOLDEN = pathlib.Path(__file__).parent.parent / "golden"


@dataclasses.dataclass(frozen=True)
class Input:
    """The logical type of an input: a batch of these axes, with numbers in [low, high); a table of weights has no batch."""

    axes: tuple
    low: float = -1
    high: float = 1
    dtype: str = "float32"
    batch: int | None = 2

    def dims(self):
        return [*([] if self.batch is None else [self.batch]), *(size for _, size in self.axes)]


def image(height, width, channels, **rest):
    return Input((("height", height), ("width", width), ("channels", channels)), **rest)


def features(size, **rest):
    return Input((("features", size),), **rest)


def sequence(length, size, **rest):
    return Input((("sequence", length), ("features", size)), **rest)


def tokens(length, vocabulary, **rest):
    return Input((("sequence", length),), low=0, high=vocabulary, dtype="int32", **rest)


@dataclasses.dataclass(frozen=True)
class Part:
    """A weight inside a parameter of PyTorch: rows [start, stop), its axes permuted, then reshaped to the parameter's own rows."""

    parameter: str
    axes: tuple | None = None
    rows: tuple | None = None
    dims: tuple | None = None
    #: 1 where `rows` are columns.
    along: int = 0


@dataclasses.dataclass(frozen=True)
class Case:
    """One example. `module` maps tensors in PyTorch's layout, by port, to one output or a dictionary of them."""

    name: str
    parameters: dict
    inputs: dict
    module: nn.Module
    weights: dict = dataclasses.field(default_factory=dict)
    mode: str = "train"
    #: Ports whose PyTorch tensor is laid out as Skipwire's, though its rank is an image's.
    plain: bool = False
    #: Further fields of the golden case, such as the index of a repeated block.
    extra: dict = dataclasses.field(default_factory=dict)


class Function(nn.Module):
    """A function without weights as a module."""

    def __init__(self, function: typing.Callable):
        super().__init__()
        self.function = function

    def forward(self, *inputs):
        return self.function(*inputs)


def drawn(name, dims, low, high):
    """The numbers of a name, uniform in [low, high), as float32."""
    words = philox(math.prod(dims), (SEED, 0), stream_of(name), DATA)
    return uniform(words, low, high).reshape(dims)


def layout_of(module, parameter):
    """The axes of a parameter in the order that programs store them."""
    owner, _, leaf = parameter.rpartition(".")
    layer = module.get_submodule(owner)
    if leaf != "weight":
        return None
    if isinstance(layer, nn.Conv1d):
        return (2, 1, 0)
    if isinstance(layer, nn.Conv2d):
        return (2, 3, 1, 0)
    if isinstance(layer, nn.Linear):
        return (1, 0)
    return None


def parts_of(module, weights):
    """Each weight with its `Part`, axes made explicit, and its dims as programs have them."""
    tensors = dict(module.named_parameters()) | dict(module.named_buffers())
    parts = {}
    for name, part in weights.items():
        part = Part(part) if isinstance(part, str) else part
        tensor = tensors[part.parameter]
        start, stop = part.rows or (0, tensor.shape[part.along] if tensor.dim() else 1)
        own = [stop - start if axis == part.along else size for axis, size in enumerate(tensor.shape)]
        inner = part.dims or tuple(own)
        axes = part.axes or (part.dims is None and layout_of(module, part.parameter)) or tuple(range(len(inner)))
        dims = [inner[axis] for axis in axes] or [1]
        parts[name] = (part, axes, dims, (start, stop))
    mapped = {part.parameter for part, *_ in parts.values()}
    missing = [name for name in tensors if name not in mapped and not name.endswith("num_batches_tracked")]
    fixed = set(getattr(module, "fixed", ()))
    if set(missing) - fixed:
        raise ValueError(f"no weight for {sorted(set(missing) - fixed)}")
    return parts


def range_of(name, dims):
    """Scales and variances are positive, kernels keep the variance of what comes in, all are different from their first values."""
    if name.rpartition(".")[2] in ("scale", "runningVariance"):
        return 0.5, 1.5
    if len(dims) > 1:
        limit = float(numpy.float32(math.sqrt(3 / (math.prod(dims) / dims[-1]))))
        return -limit, limit
    return -0.5, 0.5


def assembled(module, parts, leaves):
    """The parameters and buffers of the module, made of the leaves."""
    pieces = {}
    for name, (part, axes, _, (start, _)) in parts.items():
        inverse = [axes.index(axis) for axis in range(len(axes))]
        value = leaves[name].permute(inverse) if axes else leaves[name].reshape(())
        pieces.setdefault((part.parameter, part.along), []).append((start, value))
    tensors = dict(module.named_parameters()) | dict(module.named_buffers())
    result = {}
    for (parameter, along), values in pieces.items():
        shape = tensors[parameter].shape
        ordered = [value for _, value in sorted(values, key=lambda piece: piece[0])]
        if len(ordered) == 1 or along > 0:
            result[parameter] = torch.cat(ordered, along).reshape(shape) if along > 0 else ordered[0].reshape(shape)
        else:
            result[parameter] = torch.cat([value.reshape(-1, *shape[1:]) for value in ordered]).reshape(shape)
    return result


def to_torch(tensor, plain):
    return tensor.permute(0, 3, 1, 2) if tensor.dim() == 4 and not plain else tensor


def from_torch(tensor, plain):
    return tensor.permute(0, 2, 3, 1) if tensor.dim() == 4 and not plain else tensor


def numbers(tensor):
    """Nine digits: more than float32 has."""
    return [float(f"{value:.9g}") for value in tensor.detach().double().flatten().tolist()]


def run(case: Case):
    """The golden case: everything but what can be drawn."""
    module = case.module.double()
    module.train(case.mode == "train")
    parts = parts_of(module, case.weights)
    statistics = set(dict(module.named_buffers()))
    leaves, drawing = {}, {}
    for name, (part, _, dims, _) in parts.items():
        low, high = range_of(name, dims)
        leaf = torch.from_numpy(drawn(name, dims, low, high)).double()
        leaves[name] = leaf if part.parameter in statistics else leaf.requires_grad_()
        drawing[name] = {"dims": dims, "low": low, "high": high}
    inputs = {}
    for port, spec in case.inputs.items():
        values = drawn(port, spec.dims(), spec.low, spec.high)
        if spec.dtype == "int32":
            inputs[port] = torch.from_numpy(numpy.floor(values)).long()
        else:
            inputs[port] = torch.from_numpy(values).double().requires_grad_()
    state = assembled(module, parts, leaves)
    buffers = {name: tensor.clone() for name, tensor in state.items() if name in statistics}
    arguments = [to_torch(tensor, case.plain) for tensor in inputs.values()]
    results = torch.func.functional_call(module, state | buffers, tuple(arguments))
    if not isinstance(results, dict):
        results = {"output": results}
    outputs = {port: from_torch(tensor, case.plain).contiguous() for port, tensor in results.items()}
    loss = sum(
        (tensor * torch.from_numpy(drawn(f"coefficients of {port}", list(tensor.shape), -1, 1)).double()).sum()
        for port, tensor in outputs.items()
        if tensor.dtype.is_floating_point
    )
    sources = {name: leaf for name, leaf in [*inputs.items(), *leaves.items()] if leaf.requires_grad}
    gradients = torch.autograd.grad(loss, list(sources.values()), allow_unused=True)
    updates = {
        name: numbers(buffers[part.parameter])
        for name, (part, *_) in parts.items()
        if part.parameter in buffers and not torch.equal(buffers[part.parameter], state[part.parameter])
    }
    return {
        "name": case.name,
        "mode": case.mode,
        "parameters": case.parameters,
        **case.extra,
        "inputs": {
            port: {"axes": spec.axes, "dims": spec.dims(), "dtype": spec.dtype, "low": spec.low, "high": spec.high}
            for port, spec in case.inputs.items()
        },
        "weights": drawing,
        "outputs": {port: {"dims": list(tensor.shape), "data": numbers(tensor)} for port, tensor in outputs.items()},
        "gradients": {
            name: numbers(torch.zeros_like(leaf) if gradient is None else gradient)
            for (name, leaf), gradient in zip(sources.items(), gradients)
        },
        "updates": updates,
    }


def write(folder, name, cases):
    """Writes one golden file, one case a line, unless it says the same already."""
    target = GOLDEN / folder / f"{name}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps(run(case), separators=(",", ":")) for case in cases]
    target.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(f"{folder}/{name}: {len(cases)} cases, {target.stat().st_size} bytes")
