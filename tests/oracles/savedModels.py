"""Loads SavedModels by TensorFlow and prints what their serving signature answers, and their checkpoints.

    python tests/oracles/savedModels.py orders.json

An order names a folder and its inputs with their values.
"""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import numpy as np
import tensorflow as tf

answers = []
for order in json.load(open(sys.argv[1])):
    serve = tf.saved_model.load(order["folder"]).signatures["serving_default"]
    feeds = {
        given["name"]: tf.constant(np.array(given["data"], given["dtype"]).reshape(given["dims"]))
        for given in order["inputs"]
    }
    outputs = {name: value.numpy() for name, value in serve(**feeds).items()}
    reader = tf.train.load_checkpoint(os.path.join(order["folder"], "variables", "variables"))
    answers.append(
        {
            "outputs": {
                name: {"dims": value.shape, "data": value.ravel().tolist()} for name, value in outputs.items()
            },
            # Reading a tensor checks its sum.
            "checkpoint": {
                name: list(reader.get_tensor(name).shape) for name in reader.get_variable_to_shape_map()
            },
        }
    )
print(json.dumps(answers))
