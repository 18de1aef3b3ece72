"""The networks of bench/networks.mjs in PyTorch: NETWORK(size) gives a module, its inputs for a batch, and its loss."""

import torch
from torch import nn
from torch.nn import functional


def pattern(*dims):
    count = torch.Size(dims).numel()
    return (torch.arange(count, dtype=torch.float64) * 12.9898).sin().mul(1.7).float().reshape(dims)


def images(batch, size, channels=3):
    return pattern(batch, size, size, channels).permute(0, 3, 1, 2)


def classes(*dims):
    return (torch.arange(torch.Size(dims).numel()) % 5).reshape(dims)


class Residual(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False), nn.BatchNorm2d(filters)
        self.conv2, self.bn2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False), nn.BatchNorm2d(filters)
        self.stride, self.added = stride, filters - channels

    def forward(self, x):
        y = functional.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.added:
            side = self.added // 2
            x = functional.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, side, self.added - side))
        return functional.relu(y + x)


def resnet20(batch, size):
    layers = [nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    channels = 16
    for filters in (16, 32, 64):
        for _ in range(3):
            layers.append(Residual(channels, filters, 2 if filters != channels else 1))
            channels = filters
    model = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))
    return model, images(batch, size or 32), classes(batch)


def resnet50(batch, size):
    from torchvision.models import resnet50 as make

    return make(), images(batch, size or 224), classes(batch)


def densenet_bc(batch, size):
    from torchvision.models import DenseNet

    model = DenseNet(growth_rate=12, block_config=(16, 16, 16), num_init_features=24, num_classes=10)
    model.features.conv0 = nn.Conv2d(3, 24, 3, padding=1, bias=False)
    model.features.norm0, model.features.relu0, model.features.pool0 = nn.Identity(), nn.Identity(), nn.Identity()
    return model, images(batch, size or 32), classes(batch)


def convolutions(channels, filters):
    layers = []
    for before in (channels, filters):
        layers += [nn.Conv2d(before, filters, 3, padding=1, bias=False), nn.BatchNorm2d(filters), nn.ReLU()]
    return nn.Sequential(*layers)


class UNet(nn.Module):
    def __init__(self, filters=(16, 32, 64, 128), labels=5):
        super().__init__()
        pairs = list(zip((3, *filters), filters))
        self.down = nn.ModuleList([convolutions(channels, count) for channels, count in pairs])
        self.grow = nn.ModuleList([nn.ConvTranspose2d(2 * n, n, 2, 2) for n in filters[:-1]])
        self.up = nn.ModuleList([convolutions(2 * n, n) for n in filters[:-1]])
        self.labels = nn.Conv2d(filters[0], labels, 1)

    def forward(self, x):
        skips = []
        for level in self.down[:-1]:
            skips.append(level(x))
            x = functional.max_pool2d(skips[-1], 2)
        x = self.down[-1](x)
        for level in reversed(range(len(skips))):
            x = self.up[level](torch.cat([skips[level], self.grow[level](x)], 1))
        return self.labels(x)


def unet(batch, size):
    return UNet(), images(batch, size or 32), classes(batch, size or 32, size or 32)


class Layer(nn.Module):
    def __init__(self, features, heads, hidden):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(features), nn.LayerNorm(features)
        self.qkv, self.out = nn.Linear(features, 3 * features), nn.Linear(features, features)
        self.mlp = nn.Sequential(nn.Linear(features, hidden), nn.GELU('tanh'), nn.Linear(hidden, features))

    def forward(self, x):
        batch, length, features = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(batch, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        y = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(batch, length, features))
        return x + self.mlp(self.norm2(x))


class MiniGpt(nn.Module):
    def __init__(self, length=64, words=96, features=128, heads=4, layers=4):
        super().__init__()
        self.words, self.positions = nn.Embedding(words, features), nn.Embedding(length, features)
        self.layers = nn.Sequential(*[Layer(features, heads, 4 * features) for _ in range(layers)])
        self.norm = nn.LayerNorm(features)

    def forward(self, tokens):
        x = self.words(tokens) + self.positions(torch.arange(tokens.shape[1]))
        return functional.linear(self.norm(self.layers(x)), self.words.weight).transpose(1, 2)


def mini_gpt(batch, _):
    return MiniGpt(), classes(batch, 64), classes(batch, 64)


def vit_small(batch, size):
    from timm import create_model

    return create_model('vit_small_patch16_224'), images(batch, size or 224), classes(batch)


NETWORKS = {
    'resnet-20': resnet20,
    'resnet-50': resnet50,
    'densenet-bc-100': densenet_bc,
    'u-net-padded': unet,
    'mini-gpt': mini_gpt,
    'vit-small-16': vit_small,
}
