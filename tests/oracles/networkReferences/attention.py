"""Transformers, checked by torchvision's, timm's and transformers' own."""

import timm
import torchvision
from blockReferences.mapping import linear
from reference import Part
from transformers import BertConfig, BertModel, GPT2Config, GPT2LMHeadModel
from wholeNetwork import Network, square

PARTS = ("query", "key", "value")


def layer_norm(ours, theirs):
    return {f"{ours}.scale": f"{theirs}.weight", f"{ours}.offset": f"{theirs}.bias"}


def packed(ours, weight, bias, size, axes=(1, 0), along=0):
    """One matrix of the three projections there, three here."""
    weights = {}
    for index, part in enumerate(PARTS):
        rows = (index * size, (index + 1) * size)
        weights[f"{ours}.{part}Kernel"] = Part(weight, axes, rows=rows, along=along)
        weights[f"{ours}.{part}Bias"] = Part(bias, rows=rows)
    return weights


def output_of(ours, theirs):
    return {f"{ours}.outputKernel": f"{theirs}.weight", f"{ours}.outputBias": f"{theirs}.bias"}


def vision(build, patch, image, every=8):
    def weights(module):
        size = module.hidden_dim
        names = linear("patches", "conv_proj") | layer_norm("norm", "encoder.ln") | linear("dense", "heads.head")
        names |= {"classToken.token": Part("class_token", dims=(size,))}
        names |= {"positions.table": Part("encoder.pos_embedding", dims=((image // patch) ** 2 + 1, size))}
        for index in range(len(module.encoder.layers)):
            ours, theirs = f"encoder[{index}]", f"encoder.layers.encoder_layer_{index}"
            attention = f"{theirs}.self_attention"
            names |= packed(f"{ours}.attention", f"{attention}.in_proj_weight", f"{attention}.in_proj_bias", size)
            names |= output_of(f"{ours}.attention", f"{attention}.out_proj")
            names |= layer_norm(f"{ours}.norm1", f"{theirs}.ln_1") | layer_norm(f"{ours}.norm2", f"{theirs}.ln_2")
            names |= linear(f"{ours}.expand", f"{theirs}.mlp.0") | linear(f"{ours}.project", f"{theirs}.mlp.3")
        return names

    return Network(build, weights, every=every, **square(image))


def tiny():
    sizes = {"num_layers": 4, "num_heads": 4, "hidden_dim": 64, "mlp_dim": 128, "num_classes": 10}
    return torchvision.models.VisionTransformer(image_size=32, patch_size=4, **sizes)


def small_vision(module):
    size = module.embed_dim
    names = linear("patches", "patch_embed.proj") | layer_norm("norm", "norm") | linear("dense", "head")
    names |= {"classToken.token": Part("cls_token", dims=(size,)), "positions.table": Part("pos_embed", dims=(17, size))}
    for index in range(len(module.blocks)):
        ours, theirs = f"encoder[{index}]", f"blocks.{index}"
        names |= packed(f"{ours}.attention", f"{theirs}.attn.qkv.weight", f"{theirs}.attn.qkv.bias", size)
        names |= output_of(f"{ours}.attention", f"{theirs}.attn.proj")
        names |= layer_norm(f"{ours}.norm1", f"{theirs}.norm1") | layer_norm(f"{ours}.norm2", f"{theirs}.norm2")
        names |= linear(f"{ours}.expand", f"{theirs}.mlp.fc1") | linear(f"{ours}.project", f"{theirs}.mlp.fc2")
    return names


def matrix(ours, theirs):
    """transformers' GPT-2 keeps its matrices as ours."""
    return {f"{ours}.kernel": f"{theirs}.weight", f"{ours}.bias": f"{theirs}.bias"}


def gpt(every, length, **sizes):
    config = GPT2Config(resid_pdrop=0, embd_pdrop=0, attn_pdrop=0, **sizes)

    def weights(module):
        size = config.n_embd
        names = {"words.table": "transformer.wte.weight", "positions.table": "transformer.wpe.weight"}
        names |= layer_norm("norm", "transformer.ln_f")
        for index in range(config.n_layer):
            ours, theirs = f"decoder[{index}]", f"transformer.h.{index}"
            attention = f"{theirs}.attn"
            names |= packed(f"{ours}.attention", f"{attention}.c_attn.weight", f"{attention}.c_attn.bias", size, (0, 1), 1)
            names |= {f"{ours}.attention.outputKernel": f"{attention}.c_proj.weight"}
            names |= {f"{ours}.attention.outputBias": f"{attention}.c_proj.bias"}
            names |= layer_norm(f"{ours}.norm1", f"{theirs}.ln_1") | layer_norm(f"{ours}.norm2", f"{theirs}.ln_2")
            names |= matrix(f"{ours}.expand", f"{theirs}.mlp.c_fc") | matrix(f"{ours}.project", f"{theirs}.mlp.c_proj")
        return names

    return Network(
        lambda: GPT2LMHeadModel(config),
        weights,
        inputs={"tokens": {"length": length}},
        feeds={"tokens": {"dims": [length], "vocabulary": config.vocab_size}},
        predict=lambda module, feeds: module(feeds["tokens"]).logits,
        every=every,
    )


def bert(length):
    def weights(module):
        names = layer_norm("norm", "embeddings.LayerNorm") | linear("pooler", "pooler.dense")
        for ours, theirs in (("words", "word"), ("positions", "position"), ("types", "token_type")):
            names |= {f"{ours}.table": f"embeddings.{theirs}_embeddings.weight"}
        for index in range(module.config.num_hidden_layers):
            ours, theirs = f"encoder[{index}]", f"encoder.layer.{index}"
            for part in PARTS:
                names |= {f"{ours}.attention.{part}Kernel": f"{theirs}.attention.self.{part}.weight"}
                names |= {f"{ours}.attention.{part}Bias": f"{theirs}.attention.self.{part}.bias"}
            names |= output_of(f"{ours}.attention", f"{theirs}.attention.output.dense")
            names |= layer_norm(f"{ours}.norm1", f"{theirs}.attention.output.LayerNorm")
            names |= linear(f"{ours}.expand", f"{theirs}.intermediate.dense") | linear(f"{ours}.project", f"{theirs}.output.dense")
            names |= layer_norm(f"{ours}.norm2", f"{theirs}.output.LayerNorm")
        return names

    def build():
        module = BertModel(BertConfig())
        module.fixed = ("embeddings.position_ids", "embeddings.token_type_ids")
        return module

    def predict(module, feeds):
        results = module(feeds["tokens"], token_type_ids=feeds["segments"])
        return results.last_hidden_state, results.pooler_output

    return Network(
        build,
        weights,
        inputs={"tokens": {"length": length}, "segments": {"length": length}},
        feeds={"tokens": {"dims": [length], "vocabulary": 30522}, "segments": {"dims": [length], "vocabulary": 2}},
        predict=predict,
        outputs=("hidden/features", "pooled/features"),
        every=61,
    )


REFERENCES = {
    "vit-base-16": vision(lambda: torchvision.models.vit_b_16(image_size=64), 16, 64),
    "vit-base-32": vision(lambda: torchvision.models.vit_b_32(image_size=64), 32, 64),
    "vit-tiny-shapes": vision(tiny, 4, 32, every=1),
    "vit-small-16": Network(lambda: timm.create_model("vit_small_patch16_224", img_size=64), small_vision, **square(64)),
    "mini-gpt": gpt(11, 16, n_layer=4, n_embd=128, n_head=4, n_positions=64, vocab_size=96),
    "gpt-2": gpt(997, 8),
    "bert-base": bert(12),
}
