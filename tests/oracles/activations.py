"""Elements of all values of one forward pass, from PyTorch's own graph, for infer.test.ts.

    python tests/oracles/activations.py > tests/golden/activations.json

Every node of the traced graph counts: the input, each layer, each addition. Flattening makes no new values.
"""

import json

import torch
import torchvision
from torch.fx import symbolic_trace
from torch.fx.passes.shape_prop import ShapeProp

NETWORKS = {
    "resnet-18": torchvision.models.resnet18,
    "resnet-34": torchvision.models.resnet34,
    "resnet-50": torchvision.models.resnet50,
    "resnet-101": torchvision.models.resnet101,
    "resnext-50-32x4d": torchvision.models.resnext50_32x4d,
    "wide-resnet-50-2": torchvision.models.wide_resnet50_2,
}

result = {}
for name, make in NETWORKS.items():
    traced = symbolic_trace(make(weights=None).eval())
    with torch.no_grad():
        ShapeProp(traced).propagate(torch.zeros(1, 3, 224, 224))
    counted = [node for node in traced.graph.nodes if node.op != "output" and node.name != "flatten"]
    result[name] = sum(node.meta["tensor_meta"].shape.numel() for node in counted)
print(json.dumps(result, indent=2))
