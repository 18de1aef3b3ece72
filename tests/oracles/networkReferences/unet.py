"""U-Nets made of the levels that were checked one by one."""

from blockReferences.mapping import linear
from blockReferences.unet import BIASED, NORMED, UP, Convolutions, Down, Up, inside
from reference import Part
from torch import nn
from wholeNetwork import Network, square


class UNet(nn.Module):
    def __init__(self, channels, widths, classes, **options):
        super().__init__()
        *levels, bottom = widths
        self.down = nn.ModuleList(Down(before, after, **options) for before, after in zip([channels, *levels], levels))
        self.bottom = Convolutions(levels[-1], bottom, **options)
        self.up = nn.ModuleList(Up(below, level, level, **options) for below, level in zip(widths[1:], levels))
        self.classes = nn.Conv2d(levels[0], classes, 1)

    def forward(self, x):
        skips = []
        for level in self.down:
            results = level(x)
            x = results["output"]
            skips.append(results["skip"])
        x = self.bottom(x)
        for level, skip in zip(reversed(self.up), reversed(skips)):
            x = level(x, skip)
        return self.classes(x)


def u_net(channels, widths, classes, size, padding, normalized):
    def weights(_):
        convolutions = NORMED if normalized else BIASED
        names = linear("classes", "classes")
        names |= {f"bottom.{weight}": f"bottom.{parameter}" for weight, parameter in convolutions.items()}
        for level in range(len(widths) - 1):
            for weight, parameter in inside(convolutions).items():
                names |= {f"down{level + 1}.{weight}": f"down.{level}.{parameter}", f"up{level + 1}.{weight}": f"up.{level}.{parameter}"}
            names |= {f"up{level + 1}.up.kernel": Part(f"up.{level}.up.weight", UP["up.kernel"].axes), f"up{level + 1}.up.bias": f"up.{level}.up.bias"}
        return names

    build = lambda: UNet(channels, widths, classes, padding=padding, normalized=normalized)
    return Network(build, weights, every=7, gain=6, **square(size, channels))


REFERENCES = {
    # 204 is a size at which every level divides and every skip has a border to crop.
    "u-net": u_net(1, (64, 128, 256, 512, 1024), 2, 204, 0, False),
    "u-net-padded": u_net(3, (16, 32, 64, 128), 5, 32, 1, True),
}
