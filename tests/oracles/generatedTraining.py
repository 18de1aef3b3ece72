"""Runs training scripts that Skipwire wrote, and says what they print.

    python tests/oracles/generatedTraining.py manifest.json

The manifest lists scripts with their arguments. Prints a JSON object by name: the lines, or what went wrong. Where an entry says so,
also the learning `rates` of its first steps, and how far `apart` the weights are from those expected, as a share of how far training
has moved them.
"""

import contextlib
import io
import json
import os
import pathlib
import runpy
import sys
import traceback

import numpy
from safetensors.numpy import load_file


def weights_in(entry):
    """What the script has written, by the names of the files that it reads."""
    if entry["written"].endswith(".safetensors"):
        return load_file(entry["written"])
    from kerasPlaces import place_of

    model = sys.modules[entry["module"]].create_model()
    model.load_weights(entry["written"])
    return {name: place_of(model, name).numpy() for name in load_file(entry["expected"])}


def apart(entry):
    """Of all weights together, so that no tensor is so small that its roundings count for much; of statistics apart from them."""
    found, expected, initial = weights_in(entry), load_file(entry["expected"]), load_file(entry["initial"])
    learned = set(entry["learned"])

    def share(names):
        error = sum(numpy.square(found[name].astype(float) - expected[name]).sum() for name in names)
        moved = sum(numpy.square(initial[name].astype(float) - expected[name]).sum() for name in names)
        return float(numpy.sqrt(error / moved))

    return {"learned": share(learned), "statistics": share(set(expected) - learned)}


def attempt(entry):
    folder = os.path.dirname(entry["script"])
    sys.argv = [entry["script"], *entry["arguments"]]
    sys.path.insert(0, folder)
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            scope = runpy.run_path(entry["script"], run_name="__main__")
        report = {"lines": printed.getvalue().splitlines()}
        if "rates" in entry:
            steps, per_epoch = entry["rates"]
            report["rates"] = [float(scope["learning_rate"](step, per_epoch)) for step in range(steps)]
        if "expected" in entry:
            report["apart"] = apart(entry)
        return report
    except BaseException:  # Whatever is wrong with generated source is what the check is for.
        return {"problem": traceback.format_exc()[-2000:]}
    finally:
        sys.path.remove(folder)
        sys.modules.pop(entry["module"], None)
        if "keras" in sys.modules:
            # One script's policy is not the next one's.
            sys.modules["keras"].config.set_dtype_policy("float32")


manifest = json.loads(pathlib.Path(sys.argv[1]).read_text())
print(json.dumps({entry["name"]: attempt(entry) for entry in manifest}))
