"""Runs single ops as Skipwire writes them for PyTorch, on the worked examples of their definitions.

    python tests/oracles/generatedOps.py source.py manifest.json

Prints a JSON object by example: the largest difference, or what went wrong. Tensors are channels last there, as examples have them.
"""

import importlib.util
import json
import pathlib
import sys

import torch

torch.set_default_dtype(torch.float64)


def tensor(entry):
    dtype = torch.long if entry["integers"] else torch.float64
    values = torch.tensor(entry["data"], dtype=dtype).reshape(entry["dims"])
    return values.permute(0, 3, 1, 2).contiguous() if values.dim() == 4 else values


def difference(example, classes):
    model = getattr(classes, example["class"])().double().eval()
    state = {entry["name"]: torch.tensor(entry["data"]).reshape(entry["dims"]) for entry in example["state"]}
    missing, unexpected = model.load_state_dict(state, strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    assert not missing and not unexpected, f"missing {missing}, unexpected {unexpected}"
    with torch.no_grad():
        results = model(*(tensor(entry) for entry in example["inputs"]))
    worst = 0.0
    for expected in example["expected"]:
        found = results[expected["port"]]
        order = expected["order"]
        found = found.permute(*order) if order is not None else found
        assert list(found.shape) == expected["dims"], f"{list(found.shape)} instead of {expected['dims']}"
        wanted = torch.tensor(expected["data"]).reshape(expected["dims"])
        worst = max(worst, (found - wanted).abs().max().item() if wanted.numel() else 0.0)
    return worst


def attempt(example, classes):
    try:
        return {"difference": difference(example, classes)}
    except Exception as error:  # Whatever is wrong with generated source is what the check is for.
        return {"problem": f"{type(error).__name__}: {error}"}


spec = importlib.util.spec_from_file_location("ops", sys.argv[1])
classes = importlib.util.module_from_spec(spec)
spec.loader.exec_module(classes)
examples = json.loads(pathlib.Path(sys.argv[2]).read_text())
print(json.dumps({example["title"]: attempt(example, classes) for example in examples}))
