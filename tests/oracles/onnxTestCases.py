"""Packs test cases of the onnx package (Apache License 2.0), with what they are fed and what must come out.

    python tests/oracles/onnxTestCases.py all-cases.jsonl.gz
    python tests/oracles/onnxTestCases.py tests/fixtures/onnxTestCases.jsonl.gz tests/golden/onnxTestCases.json

With the table of outcomes only those cases are packed that become ops of ours, and those whose kept operators users meet: the rest
of the package's data is not brought along. Each line is one case: its kind and name, its model, and its tensors as ONNX writes them, in base64. Values that are no tensors
(sequences, optionals, maps) are null. Cases of more than LARGEST bytes are left out: they are networks, which
tests/onnxTestData.test.ts reads from the package where Python has it.
"""

import base64
import glob
import gzip
import json
import os
import re
import sys

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper
from onnx.backend.test.case.node import collect_testcases

LARGEST = 40_000
MET = re.compile(r"\b(If|Loop|Scan|QuantizeLinear|DequantizeLinear|LRN|Conv|ConvTranspose|BatchNormalization) ×")


def packed(value, name):
    if isinstance(value, TensorProto):
        proto = value
    elif isinstance(value, (np.ndarray, np.generic)):
        proto = numpy_helper.from_array(np.asarray(value), name)
    else:
        return None
    return base64.b64encode(proto.SerializeToString()).decode()


def generated():
    for case in collect_testcases(None):
        model = case.model
        inputs, outputs = case.data_sets[0]
        given = [packed(value, one.name) for value, one in zip(inputs, model.graph.input)]
        wanted = [packed(value, one.name) for value, one in zip(outputs, model.graph.output)]
        yield "node", case.name, model.SerializeToString(), given, wanted


def stored():
    folder = os.path.join(os.path.dirname(onnx.__file__), "backend", "test", "data")
    for kind in ("simple", "pytorch-operator", "pytorch-converted"):
        for path in sorted(glob.glob(os.path.join(folder, kind, "*", "model.onnx"))):
            data = os.path.join(os.path.dirname(path), "test_data_set_0")
            model = onnx.load(path)

            def read(which, values):
                found = []
                for i, value in enumerate(values):
                    file = os.path.join(data, f"{which}_{i}.pb")
                    is_tensor = value.type.HasField("tensor_type")
                    found.append(base64.b64encode(open(file, "rb").read()).decode() if is_tensor and os.path.exists(file) else None)
                return found

            held = {one.name for one in model.graph.initializer}
            fed = [one for one in model.graph.input if one.name not in held]
            name = os.path.basename(os.path.dirname(path))
            yield kind, name, open(path, "rb").read(), read("input", fed), read("output", model.graph.output)


def chosen(table):
    groups = json.load(open(table))
    return {
        name
        for outcome, answers in groups.items()
        if outcome == "mapped" or MET.search(outcome)
        for names in answers.values()
        for name in names
    }


def main(target, table=None):
    only = None if table is None else chosen(table)
    lines, left = [], 0
    for kind, name, model, inputs, outputs in [*generated(), *stored()]:
        if only is not None and f"{kind}/{name}" not in only:
            continue
        line = {"kind": kind, "name": name, "model": base64.b64encode(model).decode(), "inputs": inputs, "outputs": outputs}
        text = json.dumps(line, separators=(",", ":"))
        if len(text) > LARGEST:
            left += 1
            print("left out", kind, name, len(text))
            continue
        lines.append(text)
    with gzip.GzipFile(target, "wb", mtime=0, compresslevel=9) as file:
        file.write("\n".join(lines).encode())
    print(f"{len(lines)} cases, {left} left out, {os.path.getsize(target)} bytes")


main(*sys.argv[1:])
