"""Runs training scripts that Skipwire wrote, and says what they print.

    python tests/oracles/generatedTraining.py manifest.json

The manifest lists scripts with their arguments. Prints a JSON object by name: the lines, or what went wrong.
"""

import contextlib
import io
import json
import os
import pathlib
import runpy
import sys
import traceback


def attempt(entry):
    folder = os.path.dirname(entry["script"])
    sys.argv = [entry["script"], *entry["arguments"]]
    sys.path.insert(0, folder)
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="-1")
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            runpy.run_path(entry["script"], run_name="__main__")
        return {"lines": printed.getvalue().splitlines()}
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
