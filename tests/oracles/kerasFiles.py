"""Writes small models by Keras as tests/fixtures/keras, with what they predict, for the tests that read them.

    python tests/oracles/kerasFiles.py

Numbers that are fed are made by `fed`; the tests make the same.
"""

import json
import os
import pathlib

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy
from keras import layers

FOLDER = pathlib.Path(__file__).parent.parent / "fixtures" / "keras"


def fed(shape):
    count = int(numpy.prod(shape))
    return ((numpy.arange(count) * 7919 % 201 - 100) / 50).reshape(shape).astype("float32")


def tokens(shape, vocabulary):
    return (numpy.arange(int(numpy.prod(shape))) * 7919 % vocabulary).reshape(shape).astype("int32")


def fill(model, seed):
    """Numbers for every weight that are unlike those that it begins with."""
    random = numpy.random.default_rng(seed)
    for weight in model.weights:
        values = random.normal(0, 0.3, weight.shape)
        if "variance" in weight.name:
            values = 0.5 + random.random(weight.shape)
        elif "gamma" in weight.name:
            values = values + 1
        weight.assign(values.astype("float32"))
    return model


def residual(x, filters, stride):
    y = layers.Conv2D(filters, 3, stride, padding="same", use_bias=False)(x)
    y = layers.BatchNormalization()(y)
    y = layers.ReLU()(y)
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(y)
    y = layers.BatchNormalization(scale=False)(y)
    if stride != 1 or x.shape[-1] != filters:
        x = layers.Conv2D(filters, 1, stride)(x)
    return layers.Activation("relu")(layers.Add()([x, y]))


def convolutions():
    """Every kind of convolution and pool, padded as TensorFlow does at strides above one."""
    image = keras.Input((17, 14, 3), name="picture")
    x = layers.ZeroPadding2D(((1, 0), (2, 1)))(image)
    x = layers.Conv2D(6, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D(3, 2, padding="same")(x)
    x = residual(residual(x, 6, 1), 6, 1)
    gate = layers.GlobalAveragePooling2D(keepdims=True)(x)
    gate = layers.Conv2D(2, 1, activation="silu")(gate)
    gate = layers.Conv2D(6, 1, activation="sigmoid")(gate)
    x = layers.Multiply()([x, gate])
    y = layers.DepthwiseConv2D(3, depth_multiplier=2, padding="same")(x)
    y = layers.SeparableConv2D(4, 5, dilation_rate=1, padding="same")(y)
    y = layers.LayerNormalization()(y)
    y = layers.PReLU(shared_axes=[1, 2])(y)
    y = layers.Conv2DTranspose(5, 3, strides=2, padding="same")(y)
    y = layers.AveragePooling2D(2)(y)
    y = layers.UpSampling2D(2, interpolation="bilinear")(y)
    y = layers.Cropping2D(((0, 1), (1, 0)))(y)
    y = layers.Conv2D(4, 4, strides=3, padding="valid", groups=1)(y)
    y = layers.GroupNormalization(2)(y)
    y = layers.Flatten()(layers.LeakyReLU(negative_slope=0.1)(y))
    y = layers.Dropout(0.3)(layers.Dense(7, activation="gelu")(y))
    x = layers.Permute((3, 1, 2))(x)
    x = layers.Reshape((-1,))(x)
    x = layers.Dense(7, activation="tanh")(x)
    x = layers.Concatenate()([x, y])
    return keras.Model(image, layers.Dense(4, activation="softmax", name="classes")(x), name="convolutions")


def nested():
    """Models used as layers, one of them twice, around layers that only vary samples."""
    part = keras.Sequential([keras.Input((8, 8, 4)), layers.Conv2D(4, 3, padding="same"), layers.BatchNormalization(), layers.ReLU()], name="part")
    inside = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 1, name="stem")(layers.Rescaling(1 / 127.5, offset=-1)(inside))
    x = part(part(x))
    backbone = keras.Model(inside, layers.GlobalMaxPooling2D()(x), name="backbone")
    return keras.Sequential(
        [keras.Input((8, 8, 3)), layers.RandomFlip(), backbone, layers.Dropout(0.2), layers.Dense(1, activation="sigmoid")],
        name="nested",
    )


def attention():
    """Tokens, attention, operators of keras.ops, two outputs."""
    words = keras.Input((6,), dtype="int32", name="words")
    x = layers.Embedding(11, 8)(words)
    for _ in range(2):
        y = layers.LayerNormalization()(x)
        y = layers.MultiHeadAttention(2, 4)(y, y, use_causal_mask=True)
        x = x + y
        y = layers.TimeDistributed(layers.Dense(12, activation="swish"))(layers.RMSNormalization()(x))
        x = x + layers.Dense(8)(y) * 0.5
    scores = layers.Dense(11, activation="softmax", name="scores")(x)
    pooled = keras.ops.relu(layers.GlobalAveragePooling1D()(x))
    return keras.Model(words, {"scores": scores, "pooled": layers.Dense(3, name="pooled")(pooled)}, name="attention")


def sounds():
    return keras.Sequential(
        [
            keras.Input((20, 2)),
            layers.Conv1D(5, 3, padding="causal", dilation_rate=2, activation="elu"),
            layers.SeparableConv1D(6, 3, padding="same"),
            layers.SpatialDropout1D(0.1),
            layers.MaxPooling1D(2),
            layers.BatchNormalization(),
            layers.Flatten(),
            layers.Dense(3),
        ],
        name="sounds",
    )


def odd():
    """A layer that is not known here, of known size."""
    signal = keras.Input((7, 3), name="signal")
    x = layers.LSTM(5, return_sequences=True)(signal)
    return keras.Model(signal, layers.Dense(2)(layers.Dense(4, activation="relu")(x)), name="odd")


def main():
    FOLDER.mkdir(exist_ok=True)
    keras.utils.set_random_seed(1)
    answers = {}
    for seed, (model, feed, endings) in enumerate(
        [
            (convolutions(), fed((2, 17, 14, 3)), ["keras", "h5"]),
            (nested(), fed((2, 8, 8, 3)) * 60 + 120, ["keras", "h5"]),
            (attention(), tokens((2, 6), 11), ["keras"]),
            (sounds(), fed((2, 20, 2)), ["keras"]),
        ]
    ):
        fill(model, seed)
        if model.name == "sounds":
            model.compile(loss="mse")
        for ending in endings:
            model.save(FOLDER / f"{model.name}.{ending}", **({"include_optimizer": False} if ending == "h5" else {}))
        result = model.predict(feed, verbose=0)
        values = result if isinstance(result, dict) else {"output": result}
        # Without the softmax, which an output of Skipwire does itself, and only where it would tell nothing.
        answers[model.name] = {
            "parameters": model.count_params(),
            "outputs": {name: value.reshape(-1).astype(float).round(7).tolist() for name, value in values.items()},
        }
    (FOLDER / "odd.json").write_text(odd().to_json())
    (FOLDER / "answers.json").write_text(json.dumps(answers) + "\n")


if __name__ == "__main__":
    main()
