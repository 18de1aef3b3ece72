"""Networks of timm, transformers and Keras in small, written by PyTorch's two exporters, for the import to be tried on.

    python tests/oracles/exporterModels.py [name ...]

The files are tests/fixtures/exporters/*.onnx.gz; what onnxruntime answers goes into answers.json beside them. Keras writes ONNX
through PyTorch's exporter here, channels last.
"""

import gzip
import json
import math
import os
import sys
import warnings
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "torch")
import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

torch.set_num_threads(1)
warnings.filterwarnings("ignore")
OUT = Path(__file__).parent.parent / "fixtures" / "exporters"
OUT.mkdir(parents=True, exist_ok=True)
ANSWERS = OUT / "answers.json"
answers = json.loads(ANSWERS.read_text()) if ANSWERS.exists() else {}
TOKENS, LENGTH, VOCABULARY = 2, 6, 20


def numbers(count, seed=7):
    """The same numbers are made in the test: a linear congruential generator."""
    values = []
    for _ in range(count):
        seed = (seed * 1103515245 + 12345) % 2147483648
        values.append(seed / 2147483648 * 2 - 1)
    return np.array(values, dtype=np.float32)


def fed(name, shape, kind):
    if kind == "image" or kind == "features":
        return numbers(math.prod(shape)).reshape(shape)
    if kind == "mask":
        mask = np.ones(shape, np.int64)
        mask[-1, -2:] = 0
        return mask
    return np.floor(np.abs(numbers(math.prod(shape))) * (2 if kind == "types" else VOCABULARY)).astype(np.int64).reshape(shape)


def lively(module):
    """Norms, biases and statistics that are all different from their neutral values."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, value in [*module.named_parameters(), *module.named_buffers()]:
            if not value.is_floating_point() or "inv_freq" in name:
                continue
            if name.endswith("running_var") or (value.dim() == 1 and name.endswith("weight")):
                value.copy_(torch.rand(value.shape, generator=generator) + 0.5)
            elif value.dim() <= 1 or name.endswith("running_mean") or "gamma" in name:
                value.copy_(torch.randn(value.shape, generator=generator) * 0.2)
    return module.eval()


def strip(model):
    """Stack traces of the exporting program are no part of the model."""
    for node in model.graph.node:
        keep = [one for one in node.metadata_props if one.key == "pkg.torch.onnx.name_scopes"]
        del node.metadata_props[:]
        node.metadata_props.extend(keep)
        node.doc_string = ""
    for holder in [model, model.graph, *model.graph.value_info, *model.graph.input, *model.graph.output, *model.graph.initializer]:
        del holder.metadata_props[:]


def write(name, module, inputs, dynamo):
    """`inputs`: what enters, by name: a shape and a kind."""
    key = f"{name}-{'dynamo' if dynamo else 'torchscript'}"
    given = {one: fed(one, shape, kind) for one, (shape, kind) in inputs.items()}
    example = tuple(torch.tensor(value) for value in given.values())
    path = OUT / f"{key}.onnx"
    names = list(inputs)
    try:
        if dynamo:
            batch = torch.export.Dim("batch")
            program = torch.onnx.export(
                module, example, dynamo=True, input_names=names, dynamic_shapes=tuple({0: batch} for _ in names), verbose=False
            )
            program.save(path, external_data=False)
        else:
            axes = {one: {0: "batch"} for one in names}
            torch.onnx.export(module, example, path, dynamo=False, input_names=names, dynamic_axes=axes)
    except Exception as error:  # An exporter that cannot write a module is no concern of the import.
        print(key, "not written:", type(error).__name__, str(error).split("\n")[0][:120], flush=True)
        return
    model = onnx.load(path)
    strip(model)
    path.unlink()
    data = model.SerializeToString()
    (OUT / f"{key}.onnx.gz").write_bytes(gzip.compress(data, 9, mtime=0))
    session = onnxruntime.InferenceSession(data)
    wanted = {one.name for one in session.get_inputs()}
    [result, *_] = session.run(None, {one: value for one, value in given.items() if one in wanted})
    answers[key] = {
        "inputs": {one: {"shape": list(shape), "kind": kind} for one, (shape, kind) in inputs.items()},
        "shape": list(result.shape), "values": [float(f"{v:.7g}") for v in result.flatten()[:48]],
    }
    ANSWERS.write_text(json.dumps(dict(sorted(answers.items())), separators=(",", ":")).replace('},"', '},\n"') + "\n")
    print(key, (OUT / f"{key}.onnx.gz").stat().st_size, flush=True)


class Answer(nn.Module):
    """The scores of a transformers model, or its last hidden state; a mask that is not given is all ones."""

    def __init__(self, model, mask):
        super().__init__()
        self.model, self.mask = model, mask

    def forward(self, input_ids, attention_mask=None, token_type_ids=None):
        more = {}
        if attention_mask is not None or self.mask:
            more["attention_mask"] = torch.ones_like(input_ids) if attention_mask is None else attention_mask
        if token_type_ids is not None:
            more["token_type_ids"] = token_type_ids
        if self.model.config.model_type in ("gpt2", "llama"):
            more["use_cache"] = False
        result = self.model(input_ids, **more)
        return result.logits if "logits" in result else result.last_hidden_state


class Pixels(nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, pixel_values):
        return self.model(pixel_values).logits


class Layers(nn.Module):
    """A Keras model as a module."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x)


def timm_models():
    import timm

    common = {"pretrained": False, "num_classes": 5}
    image = {"x": ([2, 3, 32, 32], "image")}
    made = {
        "resnet18": {"channels": (4, 4, 8, 8), "stem_width": 4},
        "convnext_atto": {"dims": (8, 8, 16, 16), "depths": (1, 1, 2, 1)},
        "vit_tiny_patch16_224": {"img_size": 32, "patch_size": 8, "embed_dim": 16, "depth": 2, "num_heads": 2},
        "deit_tiny_distilled_patch16_224": {"img_size": 32, "patch_size": 8, "embed_dim": 16, "depth": 2, "num_heads": 2},
        "densenet121": {"growth_rate": 4, "block_config": (2, 2), "stem_type": ""},
    }
    for name, options in made.items():
        yield f"timm-{name}", (lambda name=name, options=options: timm.create_model(name, **common, **options)), image
    from timm.models import efficientnet, mlp_mixer, mobilenetv3
    from timm.models.regnet import RegNet, RegNetCfg

    def narrow(module):
        """The last features are as many however narrow the rest is."""
        module.conv_head = nn.Conv2d(module.conv_head.in_channels, 32, 1, bias=module.conv_head.bias is not None)
        module.classifier = nn.Linear(32, 5)
        return module

    mixer = {"num_classes": 5, "img_size": 32, "patch_size": 8, "num_blocks": 2, "embed_dim": 16}
    regnet = RegNetCfg(w0=8, wa=8.0, wm=2.0, group_size=8, depth=6, stem_width=8, se_ratio=0.25)
    for name, make in {
        "mobilenetv3": lambda: narrow(mobilenetv3._gen_mobilenet_v3("mobilenetv3_small_050", 0.1)),
        "efficientnet": lambda: efficientnet._gen_efficientnet("efficientnet_b0", 0.1, 0.1, num_classes=5),
        "resmlp": lambda: mlp_mixer.MlpMixer(**mixer, mlp_ratio=4, block_layer=mlp_mixer.ResBlock, norm_layer=mlp_mixer.Affine),
        "mixer": lambda: mlp_mixer.MlpMixer(**mixer),
        "regnety": lambda: RegNet(regnet, num_classes=5),
    }.items():
        yield f"timm-{name}", make, image


def transformers_models():
    import transformers as T

    ids, mask, types = ([TOKENS, LENGTH], "tokens"), ([TOKENS, LENGTH], "mask"), ([TOKENS, LENGTH], "types")
    small = {"vocab_size": VOCABULARY}
    encoder = {**small, "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
    llama = {**encoder, "max_position_embeddings": 8}
    plain = {"input_ids": ids}

    def answer(kind, config, mask=False):
        return lambda: Answer(kind(config), mask)

    bert = T.BertConfig(**encoder, max_position_embeddings=8, num_labels=3)
    yield "bert", answer(T.BertForSequenceClassification, bert), plain
    yield "bert-masked", answer(T.BertForSequenceClassification, bert), {**plain, "attention_mask": mask, "token_type_ids": types}
    distil = T.DistilBertConfig(**small, dim=8, n_layers=2, n_heads=2, hidden_dim=16, max_position_embeddings=8, num_labels=3)
    yield "distilbert", answer(T.DistilBertForSequenceClassification, distil), plain
    gpt2 = T.GPT2Config(**small, n_embd=8, n_layer=2, n_head=2, n_positions=8)
    yield "gpt2", answer(T.GPT2LMHeadModel, gpt2, True), plain
    yield "llama", answer(T.LlamaForCausalLM, T.LlamaConfig(**llama, num_key_value_heads=2), True), plain
    grouped = T.LlamaConfig(**{**llama, "num_attention_heads": 4}, num_key_value_heads=2)
    yield "llama-grouped", answer(T.LlamaForCausalLM, grouped, True), plain
    t5 = T.T5Config(**small, d_model=8, d_kv=4, d_ff=16, num_layers=2, num_heads=2)
    yield "t5-encoder", answer(T.T5EncoderModel, t5), plain
    vit = T.ViTConfig(hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16, image_size=16, patch_size=8, num_labels=3)
    yield "vit", (lambda: Pixels(T.ViTForImageClassification(vit))), {"pixel_values": ([2, 3, 16, 16], "image")}


def keras_models():
    import keras
    from keras import layers as L

    def residual():
        x = inputs = keras.Input((16, 16, 3))
        x = L.Conv2D(8, 3, padding="same", use_bias=False)(x)
        for _ in range(2):
            y = L.ReLU()(L.BatchNormalization()(L.Conv2D(8, 3, padding="same", use_bias=False)(x)))
            y = L.BatchNormalization()(L.Conv2D(8, 3, padding="same", use_bias=False)(y))
            x = L.ReLU()(L.Add()([x, y]))
        x = L.MaxPooling2D()(L.SeparableConv2D(8, 3, strides=2, padding="same")(x))
        network = keras.Model(inputs, L.Dense(5)(L.GlobalAveragePooling2D()(x)))
        random = np.random.default_rng(1)
        for variable in network.variables:
            if len(variable.shape) == 1:
                between = random.random(variable.shape)
                variable.assign(between + 0.5 if variable.name in ("gamma", "moving_variance") else between * 0.4 - 0.2)
        return Layers(network)

    yield "keras-residual", residual, {"x": ([2, 16, 16, 3], "image")}


wanted = sys.argv[1:]
for source in [timm_models, transformers_models, keras_models]:
    for name, make, inputs in source():
        if wanted and not any(name.startswith(one) for one in wanted):
            continue
        torch.manual_seed(0)
        try:
            module = make().eval() if name.startswith("keras") else lively(make())
        except Exception as error:
            print(name, "not made:", type(error).__name__, str(error).split("\n")[0][:160], flush=True)
            continue
        # Of the larger ones one file is enough.
        large = name in ("timm-mobilenetv3", "timm-efficientnet", "timm-regnety")
        for dynamo in [False] if large else [False, True]:
            write(name, module, inputs, dynamo)
