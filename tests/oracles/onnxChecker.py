"""Checks ONNX files by the onnx package and prints the shapes that it infers, without those the files declare.

    python tests/oracles/onnxChecker.py folder-of-models

For each file: `error` is null when the checker's full check and strict shape inference accept it, `values` are inferred
shapes by name. Where the models of the templates are written to the folder, the output is what
src/graph-engine/targets/onnx/onnxShapes.golden.json is made of.
"""

import json
import pathlib
import sys

import onnx


def shape(value):
    return [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim]


def inferred(path):
    onnx.checker.check_model(str(path), full_check=True)
    model = onnx.load(path)
    del model.graph.value_info[:]
    for output in model.graph.output:
        output.type.tensor_type.ClearField("shape")
    graph = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True).graph
    return {value.name: shape(value) for value in [*graph.input, *graph.value_info, *graph.output]}


report = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.onnx")):
    try:
        report[path.stem] = {"error": None, "values": inferred(path)}
    except Exception as error:  # whatever it says about a file is the finding
        report[path.stem] = {"error": f"{type(error).__name__}: {error}", "values": {}}
print(json.dumps(report))
