"""What models of torchvision and timm predict with made-up weights, named as in their checkpoints.

Run with a Python that has them: `python tests/oracles/checkpointLogits.py`. The weights are cut out of the pool of
wholeNetwork.py by their own names, so that a test can write the same checkpoint without anything being stored.
"""

import json
import math
import pathlib

import torch
from checkpointNames import CHECKPOINTS, build
from wholeNetwork import pooled

BATCH = 2
#: Sizes of images that CI can afford; a Vision Transformer has positions for one size only.
SIZES = {"vit-small-16": 224, "vit-base-16": 224, "vit-base-32": 224}
#: VGG's first matrix fits one size only and is the largest of all; the rest are language models.
LEFT = {"vgg-11", "vgg-16", "vgg-16-bn", "vgg-19", "vgg-19-bn", "bert-base", "gpt-2", "vit-base-16", "resnet-101", "resnet-152"}
#: They differ from the template in what has no weights: padding, epsilon, or where strides lie.
OTHERWISE = {"timm/mobilenetv2_100", "timm/mobilenetv3_large_100", "timm/efficientnet_b0", "timm/efficientnet_b1"}
EVERY = 8


def values_of(name, tensor):
    dims = list(tensor.shape)
    if name.endswith("running_var") or (name.endswith("weight") and len(dims) == 1):
        return pooled(name, dims, 0.5, 1.5)
    if len(dims) < 2 or dims[0] == 1:
        return pooled(name, dims, -0.25, 0.25)
    limit = math.sqrt(3 / math.prod(dims[1:]))
    return pooled(name, dims, -limit, limit)


def logits(template, name):
    module = build(name).to_empty(device="cpu").double().eval() if name.startswith("torchvision") else build(name).double().eval()
    state = {
        key: torch.from_numpy(values_of(key, tensor)).double() if tensor.is_floating_point() else tensor
        for key, tensor in module.state_dict().items()
    }
    module.load_state_dict(state)
    size = SIZES.get(template, 224 if template.startswith("vgg") else 64)
    images = torch.from_numpy(pooled("images", [BATCH, size, size, 3], -1.5, 1.5)).double()
    images = images * (torch.arange(1, BATCH + 1) / BATCH).reshape(-1, 1, 1, 1)
    with torch.no_grad():
        result = module(images.permute(0, 3, 1, 2))
    rows = [[float(f"{value:.7g}") for value in row[::EVERY].tolist()] for row in result]
    return {"template": template, "size": size, "logits": rows}


if __name__ == "__main__":
    golden = {
        name: logits(template, name)
        for template, names in CHECKPOINTS.items()
        if template not in LEFT
        for name in names
        if name not in OTHERWISE
    }
    target = pathlib.Path(__file__).parents[1] / "golden" / "checkpointLogits.json"
    target.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
