"""Names and sizes of the weights in checkpoints of torchvision, timm and transformers, for the networks that are templates.

Run with a Python that has them: `python tests/oracles/checkpointNames.py`. Nothing is downloaded, and no values are stored.
"""

import gzip
import json
import pathlib

import timm
import torch
import torchvision
import transformers

#: By template: who has it, and under which name.
CHECKPOINTS = {
    "resnet-18": ["torchvision/resnet18", "timm/resnet18"],
    "resnet-34": ["torchvision/resnet34", "timm/resnet34"],
    "resnet-50": ["torchvision/resnet50", "timm/resnet50"],
    "resnet-101": ["torchvision/resnet101", "timm/resnet101"],
    "resnet-152": ["torchvision/resnet152", "timm/resnet152"],
    "resnext-50-32x4d": ["torchvision/resnext50_32x4d", "timm/resnext50_32x4d"],
    "wide-resnet-50-2": ["torchvision/wide_resnet50_2", "timm/wide_resnet50_2"],
    "se-resnet-50": ["timm/seresnet50"],
    "resnet-v2-50": ["timm/resnetv2_50"],
    "resnet-v2-101": ["timm/resnetv2_101"],
    "densenet-121": ["torchvision/densenet121", "timm/densenet121"],
    "densenet-169": ["torchvision/densenet169", "timm/densenet169"],
    "densenet-201": ["torchvision/densenet201", "timm/densenet201"],
    "mobilenet-v2": ["torchvision/mobilenet_v2", "timm/mobilenetv2_100"],
    "mobilenet-v3-large": ["torchvision/mobilenet_v3_large", "timm/mobilenetv3_large_100"],
    "efficientnet-b0": ["torchvision/efficientnet_b0", "timm/efficientnet_b0"],
    "efficientnet-b1": ["torchvision/efficientnet_b1", "timm/efficientnet_b1"],
    "convnext-tiny": ["torchvision/convnext_tiny", "timm/convnext_tiny"],
    "vgg-11": ["torchvision/vgg11", "timm/vgg11"],
    "vgg-11-bn": ["torchvision/vgg11_bn", "timm/vgg11_bn"],
    "vgg-16": ["torchvision/vgg16", "timm/vgg16"],
    "vgg-16-bn": ["torchvision/vgg16_bn", "timm/vgg16_bn"],
    "vgg-19": ["torchvision/vgg19", "timm/vgg19"],
    "vgg-19-bn": ["torchvision/vgg19_bn", "timm/vgg19_bn"],
    "vit-base-16": ["torchvision/vit_b_16", "timm/vit_base_patch16_224"],
    "vit-base-32": ["torchvision/vit_b_32", "timm/vit_base_patch32_224"],
    "vit-small-16": ["timm/vit_small_patch16_224"],
    "bert-base": ["transformers/bert"],
    "gpt-2": ["transformers/gpt2"],
}


def build(name):
    library, model = name.split("/")
    if library == "torchvision":
        with torch.device("meta"):
            return getattr(torchvision.models, model)(weights=None)
    if library == "timm":
        return timm.create_model(model, pretrained=False)
    if model == "bert":
        return transformers.BertModel(transformers.BertConfig())
    return transformers.GPT2LMHeadModel(transformers.GPT2Config())


def sizes_of(name):
    """Each name with its sizes, those of a number left empty, in the order of safetensors files: by name."""
    return [f"{key} {'x'.join(map(str, value.shape))}".rstrip() for key, value in sorted(build(name).state_dict().items())]


if __name__ == "__main__":
    golden = {
        "versions": {module.__name__: module.__version__ for module in (torchvision, timm, transformers)},
        "checkpoints": {template: {name: sizes_of(name) for name in names} for template, names in CHECKPOINTS.items()},
    }
    target = pathlib.Path(__file__).parents[1] / "golden" / "checkpointNames.json.gz"
    # Without a time, so that the same names are the same bytes.
    target.write_bytes(gzip.compress(json.dumps(golden).encode(), mtime=0))
