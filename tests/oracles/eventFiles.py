"""Writes tests/golden/eventFiles.json: event files as TensorBoard's own messages and record writer make them.

Needs tensorboard. Run: python tests/oracles/eventFiles.py
"""

import base64
import io
import json
import pathlib

from google.protobuf import struct_pb2
from tensorboard.compat.proto import event_pb2, summary_pb2, tensor_pb2, tensor_shape_pb2, types_pb2
from tensorboard.plugins.hparams import api_pb2, plugin_data_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

FILE = pathlib.Path(__file__).parent.parent / "golden" / "eventFiles.json"
BEGUN = 1_770_000_000.25


def plugin(tag, content):
    metadata = summary_pb2.SummaryMetadata(
        plugin_data=summary_pb2.SummaryMetadata.PluginData(
            plugin_name="hparams", content=content.SerializeToString(deterministic=True)
        )
    )
    nothing = tensor_pb2.TensorProto(
        dtype=types_pb2.DT_FLOAT, float_val=[0], tensor_shape=tensor_shape_pb2.TensorShapeProto()
    )
    return summary_pb2.Summary.Value(tag=tag, metadata=metadata, tensor=nothing)


def histogram(minimum, maximum, counts):
    if maximum == minimum:
        counts = [sum(counts)]
    width = (maximum - minimum) / len(counts)
    edges = [minimum + width * (i + 1) for i in range(len(counts) - 1)] + [maximum]
    middles = [minimum + width * (i + 0.5) for i in range(len(counts))]
    return summary_pb2.HistogramProto(
        min=minimum,
        max=maximum,
        num=sum(counts),
        sum=sum(c * m for c, m in zip(counts, middles)),
        sum_squares=sum(c * m * m for c, m in zip(counts, middles)),
        bucket_limit=edges,
        bucket=counts,
    )


def event(seconds, step, *values):
    return event_pb2.Event(wall_time=BEGUN + seconds, step=step, summary=summary_pb2.Summary(value=values))


def value(tag, **fields):
    return summary_pb2.Summary.Value(tag=tag, **fields)


start = plugin_data_pb2.HParamsPluginData(
    session_start_info=plugin_data_pb2.SessionStartInfo(
        hparams={
            "batchSize": struct_pb2.Value(number_value=32),
            "deterministic": struct_pb2.Value(bool_value=True),
            "optimizer kind": struct_pb2.Value(string_value="adam µ"),
        },
        group_name="réseau-1",
        start_time_secs=BEGUN,
    )
)
end = plugin_data_pb2.HParamsPluginData(
    session_end_info=plugin_data_pb2.SessionEndInfo(status=api_pb2.STATUS_SUCCESS, end_time_secs=BEGUN + 9)
)

events = [
    event_pb2.Event(wall_time=BEGUN, file_version="brain.Event:2"),
    event(0, 0, plugin("_hparams_/session_start_info", start)),
    event(0, 0, value("loss", simple_value=2.5), value("accuracy", simple_value=0.0)),
    event(1.5, 3_000_000_000, value("loss", simple_value=1e-7)),
    event(2, 20, value("weight/stage1[3].conv", histo=histogram(-1.0, 3.0, [1, 0, 65535, 2]))),
    event(3, 30, value("gradient/bias", histo=histogram(0.0, 0.0, [5, 0, 0, 0]))),
    event(9, 40, plugin("_hparams_/session_end_info", end)),
]

stream = io.BytesIO()
writer = RecordWriter(stream)
for one in events:
    writer.write(one.SerializeToString(deterministic=True))
FILE.write_text(json.dumps({"file": base64.b64encode(stream.getvalue()).decode()}, indent=2) + "\n")
