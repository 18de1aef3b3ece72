"""Runs single ops as Skipwire writes them for Keras, on the worked examples of their definitions.

    python tests/oracles/generatedKerasOps.py source.py manifest.json

Prints a JSON object by example: the largest difference, or what went wrong. Tensors are channels last, as Keras has them.
"""

import importlib.util
import json
import pathlib
import sys

import numpy
from kerasModels import keras
from kerasPlaces import place_of


def tensor(entry):
    return numpy.array(entry["data"], "int32" if entry["integers"] else "float64").reshape(entry["dims"])


def difference(example, classes):
    layer = getattr(classes, example["class"])()
    inputs = [tensor(entry) for entry in example["inputs"]]
    # Shapes are known, values not yet: as in a network that is being put together.
    layer(*(keras.Input(value.shape[1:], dtype=value.dtype.name) for value in inputs))
    weights = {id(variable) for variable in layer.weights}
    for entry in example["state"]:
        variable = place_of(layer, entry["name"])
        variable.assign(numpy.array(entry["data"]).reshape(entry["dims"]))
        weights.discard(id(variable))
    assert not weights, f"{len(weights)} weights have no value"
    results = layer(*inputs)
    worst = 0.0
    for expected in example["expected"]:
        found = keras.ops.convert_to_numpy(results[expected["port"]])
        assert list(found.shape) == expected["dims"], f"{list(found.shape)} instead of {expected['dims']}"
        wanted = numpy.array(expected["data"]).reshape(expected["dims"])
        worst = max(worst, float(abs(found - wanted).max()) if wanted.size else 0.0)
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
