"""Runs PyTorch source that Skipwire wrote, with weights of the project's numbers, and compares what it predicts with the golden files.

    python tests/oracles/generatedSource.py manifest.json [float64 float32]

In double precision unless it is told others. The manifest lists networks: the source file, the class, the golden file, and where
each of our variables goes. Prints a JSON object by network: parameters, and by precision the largest difference as a share of how far
the two examples are apart.
"""

import importlib.util
import json
import pathlib
import sys
import types

import torch
from reference import GOLDEN
from wholeNetwork import feeds_of, pooled, range_of


def load(path):
    spec = importlib.util.spec_from_file_location(pathlib.Path(path).stem.replace("-", "_"), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def weight(entry, gain):
    values = torch.from_numpy(pooled(entry["variable"], entry["dims"], *range_of(entry["variable"], entry["dims"], gain)))
    if entry["permutation"] is not None:
        values = values.permute(*entry["permutation"])
    if entry["theirs"] is not None:
        values = values.reshape(entry["theirs"])
    return values.double().contiguous()


def check(network, precision):
    dtype = getattr(torch, precision)
    golden = json.loads((GOLDEN / "networks" / f"{network['name']}.json").read_text())
    source = load(network["source"])
    model = source.create_model().to(dtype).eval()
    state = {entry["name"]: weight(entry, golden["gain"]) for entry in network["state"]}
    missing, unexpected = model.load_state_dict(state, strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    assert not missing and not unexpected, f"missing {missing[:4]}, unexpected {unexpected[:4]}"
    feeds = feeds_of(types.SimpleNamespace(**golden))
    with torch.no_grad():
        given = (feeds[name] for name in network["inputs"])
        results = model(*(feed.to(dtype) if feed.is_floating_point() else feed for feed in given))
    named = results if isinstance(results, dict) else {network["outputs"][0]: results}
    rows = []
    for output in golden["outputs"]:
        path = output["fetch"].rpartition("/")[0]
        value = named[path]
        value = value.permute(0, 2, 3, 1) if value.dim() == 4 else value
        rows.append(value.reshape(golden["batch"], -1))
    found = torch.cat(rows, dim=1).double()
    expected = torch.tensor(golden["values"], dtype=torch.float64)
    apart = (expected[0] - expected[1]).abs().max()
    errors = (found[:, :: golden["every"]] - expected).abs().max() / apart
    norms = (found.norm(dim=1) / torch.tensor(golden["norms"], dtype=torch.float64) - 1).abs().max()
    parameters = sum(parameter.numel() for parameter in model.parameters())
    return parameters, max(errors.item(), norms.item())


def attempt(network, check, precisions):
    errors, parameters = {}, 0
    try:
        for precision in precisions:
            parameters, errors[precision] = check(network, precision)
        return {"parameters": parameters, "errors": errors}
    except Exception as error:  # Whatever is wrong with generated source is what the check is for.
        return {"problem": f"{type(error).__name__}: {error}"}


if __name__ == "__main__":
    manifest = json.loads(pathlib.Path(sys.argv[1]).read_text())
    precisions = sys.argv[2:] or ["float64"]
    print(json.dumps({network["name"]: attempt(network, check, precisions) for network in manifest}))
