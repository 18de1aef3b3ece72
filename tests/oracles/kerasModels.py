"""Keras on TensorFlow in double precision, and where the weights of a model are by name."""

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import keras

keras.config.set_floatx("float64")


def place_of(model, name):
    """What stands at a path of attributes and numbers, such as `stage1.0.conv1.kernel`."""
    place = model
    for part in name.split("."):
        place = place[int(part)] if part.isdigit() else getattr(place, part)
    return place
