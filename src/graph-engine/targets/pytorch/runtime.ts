/** Python source of what PyTorch itself lacks; a file gets the parts it uses, in this order. */
export const runtime = {
  Transposed: `
class Transposed(nn.Module):
    """Runs a layer that wants the features of a sequence before its positions."""

    def __init__(self, layer, past=0):
        super().__init__()
        self.layer, self.past = layer, past

    def forward(self, x):
        x = x.transpose(1, 2)
        return self.layer(F.pad(x, (self.past, 0)) if self.past else x).transpose(1, 2)
`,
  LayerNorm2d: `
class LayerNorm2d(nn.LayerNorm):
    """Layer normalization of the channels of each pixel."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
`,
  RMSNorm2d: `
class RMSNorm2d(nn.RMSNorm):
    """RMS normalization of the channels of each pixel."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
`,
  PaddedAvgPool2d: `
class PaddedAvgPool2d(nn.Module):
    """Average of the pixels in each window that are inside the image, with padding of its own on each side."""

    def __init__(self, kernel_size, stride, padding):
        super().__init__()
        self.pad, self.pool = nn.ZeroPad2d(padding), nn.AvgPool2d(kernel_size, stride)

    def forward(self, x):
        inside = self.pool(self.pad(torch.ones_like(x[:1, :1])))
        return self.pool(self.pad(x)) / inside
`,
  Scale: `
class Scale(nn.Module):
    """Multiplies by learned numbers."""

    def __init__(self, shape, initial=0.0):
        super().__init__()
        self.alpha = nn.Parameter(torch.full(shape, float(initial)))

    def forward(self, x):
        return x * self.alpha
`,
  DropPath: `
class DropPath(nn.Module):
    """Stochastic depth: drops the whole branch of some examples while training (Huang et al. 2016)."""

    def __init__(self, rate):
        super().__init__()
        self.rate = rate

    def forward(self, x):
        if not self.training or self.rate == 0:
            return x
        kept = torch.rand((x.shape[0],) + (1,) * (x.dim() - 1), device=x.device, dtype=x.dtype) >= self.rate
        return x * kept / (1 - self.rate)
`,
  LearnedPositions: `
class LearnedPositions(nn.Module):
    """Adds a learned vector to each position."""

    def __init__(self, positions, features):
        super().__init__()
        self.table = nn.Embedding(positions, features)
        nn.init.normal_(self.table.weight, std=0.02)

    def forward(self, x):
        return x + self.table.weight[: x.shape[1]]
`,
  SinusoidalPositions: `
class SinusoidalPositions(nn.Module):
    """Adds fixed waves to each position (Vaswani et al. 2017, section 3.5)."""

    def forward(self, x):
        length, size = x.shape[1:]
        positions = torch.arange(length, dtype=torch.float64, device=x.device)[:, None]
        angles = positions / 10000 ** (torch.arange(0, size, 2, dtype=torch.float64, device=x.device) / size)
        waves = torch.stack((angles.sin(), angles.cos()), -1).flatten(1)[:, :size]
        return x + waves.to(x.dtype)
`,
  ClassToken: `
class ClassToken(nn.Module):
    """Puts a learned vector before the sequence."""

    def __init__(self, features):
        super().__init__()
        self.token = nn.Parameter(torch.randn(1, 1, features) * 0.02)

    def forward(self, x):
        return torch.cat((self.token.expand(x.shape[0], -1, -1), x), dim=1)
`,
  TokenLogits: `
class TokenLogits(nn.Module):
    """Scores each token by an embedding table that is used twice."""

    def __init__(self, vocabulary):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(vocabulary))

    def forward(self, x, table):
        return F.linear(x, table, self.bias)
`,
  crop_to_match: `
def crop_to_match(x, like):
    """The middle of an image, as large as another one."""
    (height, width), (rows, columns) = x.shape[2:], like.shape[2:]
    top, left = (height - rows) // 2, (width - columns) // 2
    return x[:, :, top : top + rows, left : left + columns]
`,
  gated: `
def gated(x, dim, gate):
    """A gated linear unit: the second half, through \`gate\`, multiplies the first."""
    first, second = x.chunk(2, dim)
    return first * gate(second)
`,
  ScaledDotProductAttention: `
class ScaledDotProductAttention(nn.Module):
    """Attention of heads side by side, without weights of its own."""

    def __init__(self, heads=1, causal=False, dropout=0.0, padding_token=0):
        super().__init__()
        self.heads, self.causal, self.dropout, self.padding_token = heads, causal, dropout, padding_token

    def forward(self, query, key, value, tokens=None):
        q, k, v = (x.unflatten(-1, (self.heads, -1)).transpose(1, 2) for x in (query, key, value))
        mask = None if tokens is None else (tokens != self.padding_token)[:, None, None, :]
        if mask is not None and self.causal:
            mask = mask & torch.ones(q.shape[2], k.shape[2], dtype=torch.bool, device=q.device).tril()
        dropout = self.dropout if self.training else 0.0
        y = F.scaled_dot_product_attention(q, k, v, mask, dropout, is_causal=self.causal and mask is None)
        return y.transpose(1, 2).flatten(2)
`,
  MultiHeadAttention: `
class MultiHeadAttention(nn.Module):
    """Multi-head attention (Vaswani et al. 2017), with rotary (Su et al. 2021) or relative (Dai et al. 2019) positions."""

    def __init__(
        self,
        features,
        heads,
        key_size,
        value_size,
        memory_features=None,
        causal=False,
        positions="none",
        dropout=0.0,
        bias=True,
        output_bias=True,
        padding_token=0,
    ):
        super().__init__()
        self.heads, self.key_size, self.causal, self.positions = heads, key_size, causal, positions
        self.dropout, self.padding_token = dropout, padding_token
        memory_features = memory_features or features
        self.query = nn.Linear(features, heads * key_size, bias=bias)
        self.key = nn.Linear(memory_features, heads * key_size, bias=bias)
        self.value = nn.Linear(memory_features, heads * value_size, bias=bias)
        self.output = nn.Linear(heads * value_size, features, bias=output_bias)
        if positions == "relative":
            self.distance = nn.Linear(features, heads * key_size, bias=False)
            self.content_bias = nn.Parameter(torch.zeros(heads, key_size))
            self.distance_bias = nn.Parameter(torch.zeros(heads, key_size))

    def forward(self, x, memory=None, tokens=None):
        memory = x if memory is None else memory
        q = self.query(x).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        k = self.key(memory).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        v = self.value(memory).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        mask = None if tokens is None else (tokens != self.padding_token)[:, None, None, :]
        if self.causal:
            past = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool, device=x.device).tril()
            mask = past if mask is None else mask & past
        if self.positions == "rotary":
            q, k = self.rotate(q), self.rotate(k)
        dropout = self.dropout if self.training else 0.0
        if self.positions == "relative":
            y = self.attend_relative(q, k, v, mask, dropout, x.shape[2])
        else:
            y = F.scaled_dot_product_attention(q, k, v, mask, dropout)
        return self.output(y.transpose(1, 2).flatten(2))

    def rotate(self, x):
        """Turns the two halves of each query or key by angles that grow with the position."""
        length, size = x.shape[2:]
        frequencies = 1 / 10000 ** (torch.arange(0, size, 2, dtype=torch.float64, device=x.device) / size)
        angles = torch.arange(length, dtype=torch.float64, device=x.device)[:, None] * frequencies
        sines, cosines = angles.sin().to(x.dtype), angles.cos().to(x.dtype)
        first, second = x.chunk(2, dim=-1)
        return torch.cat((first * cosines - second * sines, second * cosines + first * sines), dim=-1)

    def attend_relative(self, q, k, v, mask, dropout, features):
        """Scores of content and of distance together."""
        length = q.shape[2]
        distances = torch.arange(length - 1, -length, -1, dtype=torch.float64, device=q.device)[:, None]
        angles = distances / 10000 ** (torch.arange(0, features, 2, dtype=torch.float64, device=q.device) / features)
        waves = torch.stack((angles.sin(), angles.cos()), -1).flatten(1)[:, :features].to(q.dtype)
        encoded = self.distance(waves).unflatten(-1, (self.heads, -1)).transpose(0, 1)
        content = (q + self.content_bias[:, None]) @ k.transpose(-1, -2)
        by_distance = (q + self.distance_bias[:, None]) @ encoded.transpose(-1, -2)
        # Row i of the scores by distance begins at the distance of its own first key.
        rows = torch.arange(length, device=q.device)
        index = (length - 1 - rows[:, None]) + rows[None, :]
        scores = content + by_distance.gather(-1, index.expand(*by_distance.shape[:2], -1, -1))
        scores = scores / math.sqrt(self.key_size)
        if mask is not None:
            scores = scores.masked_fill(~mask, float("-inf"))
        return F.dropout(scores.softmax(-1), dropout) @ v
`,
} as const;

export type RuntimePart = keyof typeof runtime;
