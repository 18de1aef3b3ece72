"""Runs the readers of data that Skipwire writes into training scripts.

    python tests/oracles/generatedReading.py manifest.json

The manifest lists sources with the paths that they read. Prints a JSON object by name: all numbers of each column, and the parts.
"""

import importlib
import json
import pathlib
import sys
import traceback

import numpy


def numbers_of(column):
    values = numpy.stack([numpy.asarray(column[index]) for index in range(len(column))])
    return (values / 255 if values.dtype == numpy.uint8 and values.ndim == 4 else values).astype(float).ravel().tolist()


def attempt(entry):
    scope = {"numpy": numpy}
    try:
        for name in entry["imports"]:
            scope[name] = importlib.import_module(name)
        exec("\n".join([*entry["from"], entry["source"]]), scope)
        columns, parts = scope["load_data"](entry["path"])
        return {
            "columns": {name: numbers_of(column) for name, column in columns.items()},
            "parts": None if parts is None else parts.tolist(),
        }
    except Exception:  # Whatever is wrong with generated source is what the check is for.
        return {"problem": traceback.format_exc()[-2000:]}


manifest = json.loads(pathlib.Path(sys.argv[1]).read_text())
print(json.dumps({entry["name"]: attempt(entry) for entry in manifest}))
