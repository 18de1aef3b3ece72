"""Small models written by PyTorch's two exporters, for the import to be tried on: tests/fixtures/onnx, with what onnxruntime answers."""
import io
import json
import math
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torchvision
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from torch import nn

warnings.filterwarnings("ignore")
torch.manual_seed(0)
OUT = Path(__file__).parent.parent / "fixtures" / "onnx"
OUT.mkdir(parents=True, exist_ok=True)
answers = {}


def numbers(count, seed=7):
    """The same numbers are made in the test: a linear congruential generator."""
    state, values = seed, []
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2147483648
        values.append(state / 2147483648 * 2 - 1)
    return np.array(values, dtype=np.float32)


def write(name, module, example, dynamo=False, vocabulary=None):
    module.eval()
    path = OUT / f"{name}.onnx"
    axes = {"x": {0: "batch"}}
    if dynamo:
        torch.onnx.export(
            module, (example,), path, dynamo=True, external_data=False, input_names=["x"],
            dynamic_shapes=({0: torch.export.Dim("batch")},), verbose=False,
        )
    else:
        torch.onnx.export(module, example, path, dynamo=False, input_names=["x"], dynamic_axes=axes)
    model = onnx.load(path)
    for node in model.graph.node:
        # Stack traces of the exporting program are no part of the model.
        keep = [one for one in node.metadata_props if one.key == "pkg.torch.onnx.name_scopes"]
        del node.metadata_props[:]
        node.metadata_props.extend(keep)
        node.doc_string = ""
    del model.metadata_props[:]
    for value in [*model.graph.value_info, *model.graph.input, *model.graph.output, *model.graph.initializer]:
        del value.metadata_props[:]
    del model.graph.metadata_props[:]
    onnx.save(model, path)
    answer(name, path, [2, *example.shape[1:]], vocabulary)


def answer(name, path, shape, vocabulary=None, options=None):
    """What onnxruntime makes of the file."""
    session = onnxruntime.InferenceSession(path.read_bytes(), options)
    given = numbers(math.prod(shape))
    if vocabulary is not None:
        given = np.floor(np.abs(given) * vocabulary).astype(np.int64)
    [result, *_] = session.run(None, {session.get_inputs()[0].name: given.reshape(shape)})
    answers[name] = {"shape": list(result.shape), "values": [float(f"{v:.7g}") for v in result.flatten()[:64]]}
    print(name, path.stat().st_size)


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        return torch.relu(x + self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x))))))


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, stride=2, padding=1)
        self.layers = nn.Sequential(*[Block(4) for _ in range(3)])
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(4, 5)

    def forward(self, x):
        return self.fc(torch.flatten(self.pool(self.layers(self.stem(x))), 1))


class Convolutions(nn.Module):
    """Everything a convolutional network is made of, a little of each."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.GroupNorm(2, 8), nn.SiLU())
        self.wise = nn.Sequential(nn.Conv2d(8, 8, 5, padding=2, groups=8), nn.Hardswish(), nn.MaxPool2d(3, 2, 1))
        self.squeeze = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(8, 2, 1), nn.ReLU(), nn.Conv2d(2, 8, 1), nn.Hardsigmoid())
        self.up = nn.ConvTranspose2d(8, 4, 2, stride=2)
        self.grow = nn.Upsample(scale_factor=2, mode="bilinear")
        self.mixed = nn.Sequential(nn.Conv2d(12, 6, 1), nn.InstanceNorm2d(6, affine=True), nn.PReLU(6), nn.GELU())
        self.last = nn.Sequential(nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(6, 5, 3, stride=2), nn.LeakyReLU(0.1), nn.Tanh())

    def forward(self, x):
        x = self.wise(self.stem(x))
        x = x * self.squeeze(x)
        x = self.mixed(torch.cat([self.up(x), self.grow(x)], 1))
        return self.last(x).mean((2, 3))


class Sounds(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Sequential(nn.Conv1d(3, 8, 5, stride=2, padding=2), nn.BatchNorm1d(8), nn.ELU(), nn.MaxPool1d(2))
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        return self.head(self.conv(x).mean(-1))


class Attention(nn.Module):
    """An attention as GPT-2 has it, then one as LLaMA has its norms and gates."""

    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(17, 8)
        self.places = nn.Parameter(torch.randn(1, 6, 8))
        self.qkv = nn.Linear(8, 24)
        self.out = nn.Linear(8, 8)
        self.scale = nn.Parameter(torch.rand(8) + 0.5)
        self.up = nn.Linear(8, 32)
        self.down = nn.Linear(16, 8)

    def forward(self, x):
        x = self.embed(x) + self.places
        b, l, e = x.shape
        q, k, v = self.qkv(x).view(b, l, 3, 2, 4).permute(2, 0, 3, 1, 4).unbind(0)
        y = nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(b, l, e))
        y = x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.scale
        value, gate = self.up(y).chunk(2, -1)
        return x + self.down(value * torch.sigmoid(gate))


class Odd(nn.Module):
    """What is not known: a sine and a cumulative sum between two linear maps."""

    def __init__(self):
        super().__init__()
        self.a = nn.Linear(6, 8)
        self.b = nn.Linear(8, 3)

    def forward(self, x):
        return self.b(torch.cumsum(torch.sin(self.a(x)), 1))


class Quantized(nn.Module):
    """A convolution and a linear map, to be quantized."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.fc = nn.Linear(4, 5)

    def forward(self, x):
        return self.fc(torch.relu(self.conv(x)).mean((2, 3)))


class Calibration(CalibrationDataReader):
    """Made-up images that onnxruntime finds the ranges of values with."""

    def __init__(self):
        self.images = iter([{"x": numbers(2 * 3 * 8 * 8, seed).reshape(2, 3, 8, 8)} for seed in (11, 12, 13)])

    def get_next(self):
        return next(self.images, None)


def write_quantized(name):
    """Weights and values as 8-bit whole numbers with scales, in QuantizeLinear and DequantizeLinear."""
    plain, path = io.BytesIO(), OUT / f"{name}.onnx"
    options = {"dynamo": False, "input_names": ["x"], "dynamic_axes": {"x": {0: "batch"}}}
    torch.onnx.export(Quantized().eval(), torch.zeros(2, 3, 8, 8), plain, **options)
    quantize_static(
        onnx.load_from_string(plain.getvalue()), path, Calibration(), quant_format=QuantFormat.QDQ, per_channel=True,
        weight_type=QuantType.QInt8,
    )
    # Products of whole numbers are rounded otherwise by some processors: it is computed as it is written.
    plainly = onnxruntime.SessionOptions()
    plainly.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    answer(name, path, [2, 3, 8, 8], options=plainly)


image = torch.randn(2, 3, 16, 16)
sequence = torch.randn(2, 6, 8)
tokens = torch.randint(0, 17, (2, 6))
encoder = nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), 3, enable_nested_tensor=False)
before = nn.TransformerEncoder(
    nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, norm_first=True, activation="gelu"), 3, enable_nested_tensor=False
)
vit = torchvision.models.VisionTransformer(16, 8, 2, 2, 8, 16, num_classes=4)
nn.init.normal_(vit.heads.head.weight)
for name, module, example, vocabulary in [
    ("residual", Residual(), image, None),
    ("convolutions", Convolutions(), image, None),
    ("sounds", Sounds(), torch.randn(2, 3, 20), None),
    ("attention", Attention(), tokens, 17),
    ("encoder", encoder, sequence, None),
    ("encoder-pre", before, sequence, None),
    ("vision-transformer", vit, image, None),
    ("odd", Odd(), torch.randn(2, 6), None),
]:
    for dynamo in [False, True]:
        try:
            write(f"{name}-{'dynamo' if dynamo else 'torchscript'}", module, example, dynamo, vocabulary)
        except Exception as error:  # An exporter that cannot write a module is no concern of the import.
            print(name, dynamo, "not written:", str(error)[:160])

write_quantized("quantized")
(OUT / "answers.json").write_text(json.dumps(answers, separators=(",", ":")) + "\n")
