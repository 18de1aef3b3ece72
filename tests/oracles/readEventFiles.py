"""Prints as JSON what TensorBoard itself reads in a folder of event files. Needs tensorboard.

Run: python tests/oracles/readEventFiles.py FOLDER
"""

import json
import sys

from tensorboard.backend.event_processing import event_accumulator, plugin_event_multiplexer
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.context import RequestContext
from tensorboard.data import provider
from tensorboard.plugins import base_plugin
from tensorboard.plugins.hparams import api_pb2, backend_context, get_experiment, list_session_groups

folder = sys.argv[1]
multiplexer = plugin_event_multiplexer.EventMultiplexer()
multiplexer.AddRunsFromDirectory(folder)
multiplexer.Reload()
data = MultiplexerDataProvider(multiplexer, folder)
request_context = RequestContext()

# The scalars page.
scalars = {}
for run, tags in data.list_scalars(request_context, experiment_id="", plugin_name="scalars").items():
    for tag in tags:
        points = data.read_scalars(
            request_context,
            experiment_id="",
            plugin_name="scalars",
            downsample=10_000,
            run_tag_filter=provider.RunTagFilter([run], [tag]),
        )[run][tag]
        # What is not a number is null in JSON.
        scalars[f"{run} {tag}"] = [[p.step, p.wall_time, p.value if p.value == p.value else None] for p in points]

# The way scripts read event files.
histograms = {}
for run in multiplexer.Runs():
    accumulator = event_accumulator.EventAccumulator(f"{folder}/{run}", size_guidance={"histograms": 0}).Reload()
    for tag in accumulator.Tags()["histograms"]:
        histograms[f"{run} {tag}"] = [
            [h.step, h.histogram_value.min, h.histogram_value.max, list(h.histogram_value.bucket)]
            for h in accumulator.Histograms(tag)
        ]

# The HParams page.
context = backend_context.Context(base_plugin.TBContext(data_provider=data, logdir=folder))
experiment = get_experiment.Handler(request_context, context, "", api_pb2.GetExperimentRequest()).run()
every_status = [api_pb2.STATUS_SUCCESS, api_pb2.STATUS_FAILURE, api_pb2.STATUS_RUNNING, api_pb2.STATUS_UNKNOWN]
request = api_pb2.ListSessionGroupsRequest(start_index=0, slice_size=100, allowed_statuses=every_status)
groups = list_session_groups.Handler(request_context, context, "", request).run().session_groups


def value_of(value):
    return getattr(value, value.WhichOneof("kind"))


print(
    json.dumps(
        {
            "runs": sorted(multiplexer.Runs()),
            "scalars": scalars,
            "histograms": histograms,
            "settings": sorted(info.name for info in experiment.hparam_infos),
            "metrics": sorted(f"{info.name.group}/{info.name.tag}" for info in experiment.metric_infos),
            "sessions": {
                group.name: {
                    "settings": {name: value_of(value) for name, value in group.hparams.items()},
                    "status": api_pb2.Status.Name(group.sessions[0].status),
                    "seconds": group.sessions[0].end_time_secs - group.sessions[0].start_time_secs,
                }
                for group in groups
            },
        }
    )
)
