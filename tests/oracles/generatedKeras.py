"""Runs Keras source that Skipwire wrote, with weights of the project's numbers, and compares what it predicts with the golden files.

    python tests/oracles/generatedKeras.py manifest.json [float64 float32]

In double precision unless it is told others. The manifest lists networks as for generatedSource.py, and so does what it prints.
"""

import json
import pathlib
import sys
import types

import numpy
from generatedSource import attempt, load, weight
from kerasModels import keras
from kerasPlaces import place_of
from reference import GOLDEN
from wholeNetwork import feeds_of


def check(network, precision):
    keras.config.set_floatx(precision)
    keras.config.set_dtype_policy(precision)
    golden = json.loads((GOLDEN / "networks" / f"{network['name']}.json").read_text())
    model = load(network["source"]).create_model()
    missing = {id(variable) for variable in model.weights}
    for entry in network["state"]:
        variable = place_of(model, entry["name"])
        variable.assign(weight(entry, golden["gain"]).numpy())
        missing.discard(id(variable))
    assert not missing, f"{len(missing)} weights have no value"
    feeds = feeds_of(types.SimpleNamespace(**golden))
    inputs = [(value.permute(0, 2, 3, 1) if value.dim() == 4 else value).numpy() for value in (feeds[name] for name in network["inputs"])]
    results = model(inputs[0] if len(inputs) == 1 else inputs, training=False)
    named = results if isinstance(results, dict) else {network["outputs"][0]: results}
    rows = [keras.ops.convert_to_numpy(named[output["fetch"].rpartition("/")[0]]) for output in golden["outputs"]]
    found = numpy.concatenate([row.reshape(golden["batch"], -1) for row in rows], axis=1).astype(numpy.float64)
    expected = numpy.array(golden["values"])
    apart = abs(expected[0] - expected[1]).max()
    errors = abs(found[:, :: golden["every"]] - expected).max() / apart
    norms = abs(numpy.linalg.norm(found, axis=1) / golden["norms"] - 1).max()
    parameters = sum(int(numpy.prod(variable.shape)) for variable in model.trainable_variables)
    keras.backend.clear_session()
    return parameters, float(max(errors, norms))


if __name__ == "__main__":
    manifest = json.loads(pathlib.Path(sys.argv[1]).read_text())
    precisions = sys.argv[2:] or ["float64"]
    print(json.dumps({network["name"]: attempt(network, check, precisions) for network in manifest}))
