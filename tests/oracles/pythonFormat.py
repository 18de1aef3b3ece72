"""How Black and Ruff lay statements out: as Ruff has it, with which Black must agree; Skipwire writes source so too.

    python tests/oracles/pythonFormat.py

Needs black and ruff beside it. Writes formatPython.golden.json beside the formatter.
"""

import json
import pathlib
import subprocess
import sys

import black

STATEMENTS = '''
x = f(a, b)
self.conv1 = nn.Conv2d(in_channels, filters, 3, stride=stride, padding=1, bias=False, groups=4)
self.projection = ResidualProjection(in_channels, filters, stride=stride) if use_projection else nn.Identity()
self.heads, self.key_size, self.causal, self.positions = heads, key_size, causal, positions_of_all
return {"policy": self.policy_head(features), "value": self.value_head(features), "plan": self.plan(x)}
def __init__(self, use_projection, strides, filters=256, width=64, stride=1, momentum=0.9, **kwargs): pass
def only(one_very_long_name_of_a_parameter_that_is_alone=("some", "rather", "long", "default", "value")): pass
learned = [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
self.stage = nn.Sequential(Block(64, True, 1), *(Block(256, False, 1, activation="gelu") for _ in range(20)))
waves = torch.stack((angles.sin(), angles.cos()), -1).flatten(1)[:, :features].to(q.dtype).contiguous()
if first_condition_of_some_length and second_condition_of_some_length or third_condition_that_is_long: pass
for name, (mean, deviation) in some_dictionary_of_normalizations.items_in_a_certain_order(by="name").all(): pass
frequencies = 1 / 10000 ** (torch.arange(0, size, 2, dtype=torch.float64, device=x.device) / size_of_it)
chosen = min(pairs, key=lambda pair: (-pairs[pair], number[pair[0]], number[pair[1]], alphabet[pair]), default=())
log(f"epoch {state['epoch']}: loss {total / count:.7g}, " f"validation loss {validation_loss:.7g} {better}")
raise ValueError(f"The weights do not fit: {missing} are missing, {unexpected} have no place in them.")
x = self.block(x, memory) if self.block is not None and self.memory_is_used else memory_without_block
result_of_a_comparison = value_of_the_first_thing == value_of_the_second_thing != value_of_the_third
optimizer = torch.optim.AdamW([{"params": pulled, "weight_decay": 0.1}, {"params": rest, "weight_decay": 0.0}], lr=0.1)
self.attend = MultiHeadAttention(features, bias=True if positions == "relative" and heads == 1 else not simple)
mask = scores[:, :, row_of_the_first : row_of_the_last + 1, column_of_the_first : column_of_the_last + 1, None]
outputs = self.first_layer_of_the_network(inputs) + self.second_layer_of_the_network(inputs) * scale_of_it
sides = ((self.around, self.around),) * rank if isinstance(self.around, int) else self.around_of_each_of_them
'''


def formatted(statement):
    source = f"{statement.replace(': pass', ':')}{chr(10) + '    pass' if statement.endswith('pass') else ''}\n"
    ruff = [sys.executable, "-m", "ruff", "format", "-"]
    theirs = subprocess.run(ruff, input=source, capture_output=True, text=True, check=True).stdout
    mode = black.Mode(target_versions={black.TargetVersion.PY310})
    assert black.format_str(theirs, mode=mode) == theirs, theirs
    return {"given": source, "formatted": theirs}


pairs = [formatted(statement) for statement in STATEMENTS.strip().split("\n")]
target = pathlib.Path(__file__).parents[2] / "src/graph-engine/targets/python/format/formatPython.golden.json"
target.write_text(json.dumps(pairs, indent=1, ensure_ascii=False) + "\n")
