/** Python source of what Keras itself lacks; a file gets the parts it uses, in this order. */
export const runtime = {
  Padded: `
class Padded:
    """Pads images or sequences before a layer does its work: alike on both sides, whatever its strides, as PyTorch does."""

    filling = 0.0

    def __init__(self, *args, padding=0, **kwargs):
        super().__init__(*args, **kwargs)
        self.around = padding

    def sides(self, rank):
        """Padding before and after along each axis but the first and the last."""
        sides = ((self.around, self.around),) * rank if isinstance(self.around, int) else self.around
        return tuple(tuple(side) for side in sides)

    def call(self, x):
        sides = ((0, 0), *self.sides(len(x.shape) - 2), (0, 0))
        return super().call(ops.pad(x, sides, constant_values=self.filling))

    def compute_output_shape(self, shape):
        sides = self.sides(len(shape) - 2)
        sizes = (size if size is None else size + sum(side) for size, side in zip(shape[1:-1], sides))
        return super().compute_output_shape((shape[0], *sizes, shape[-1]))

    def get_config(self):
        return {**super().get_config(), "padding": self.around}
`,
  PaddedConv1D: `
class PaddedConv1D(Padded, layers.Conv1D):
    """A convolution along a sequence with zeros around it."""
`,
  PaddedConv2D: `
class PaddedConv2D(Padded, layers.Conv2D):
    """A convolution of images with zeros around them."""
`,
  PaddedDepthwiseConv1D: `
class PaddedDepthwiseConv1D(Padded, layers.DepthwiseConv1D):
    """A convolution of each feature along a sequence with zeros around it."""
`,
  PaddedDepthwiseConv2D: `
class PaddedDepthwiseConv2D(Padded, layers.DepthwiseConv2D):
    """A convolution of each channel of images with zeros around them."""
`,
  PaddedSeparableConv2D: `
class PaddedSeparableConv2D(Padded, layers.SeparableConv2D):
    """A convolution of each channel, then one of each pixel, of images with zeros around them."""
`,
  PaddedMaxPooling1D: `
class PaddedMaxPooling1D(Padded, layers.MaxPooling1D):
    """The largest in each window of a sequence; what is around it never is."""

    filling = -math.inf
`,
  PaddedMaxPooling2D: `
class PaddedMaxPooling2D(Padded, layers.MaxPooling2D):
    """The largest in each window of an image; what is around it never is."""

    filling = -math.inf
`,
  PaddedAveragePooling1D: `
class PaddedAveragePooling1D(Padded, layers.AveragePooling1D):
    """The mean of what is inside the sequence in each window."""

    def call(self, x):
        return super().call(x) / super().call(ops.ones_like(x[:1, :, :1]))
`,
  PaddedAveragePooling2D: `
class PaddedAveragePooling2D(Padded, layers.AveragePooling2D):
    """The mean of the pixels in each window that are inside the image."""

    def call(self, x):
        return super().call(x) / super().call(ops.ones_like(x[:1, :, :, :1]))
`,
  ConvTranspose2D: `
class ConvTranspose2D(layers.Layer):
    """A transposed convolution whose result is cut by its padding, or filled up, as PyTorch does."""

    def __init__(
        self, filters, kernel_size, strides=1, padding=0, ends=0, dilation_rate=1, groups=1, use_bias=True, **kwargs
    ):
        super().__init__(**kwargs)
        self.filters, self.groups, self.use_bias = filters, groups, use_bias
        self.kernel_size, self.strides, self.dilation_rate, self.before, self.ends = (
            (value, value) if isinstance(value, int) else tuple(value)
            for value in (kernel_size, strides, dilation_rate, padding, ends)
        )

    def build(self, shape):
        self.kernel = self.add_weight(shape=(*self.kernel_size, self.filters // self.groups, shape[-1]), name="kernel")
        if self.use_bias:
            self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")

    def call(self, x):
        parts = zip(ops.split(x, self.groups, axis=-1), ops.split(self.kernel, self.groups, axis=-1))
        y = ops.concatenate([self.spread(part, kernel) for part, kernel in parts], axis=-1)
        y = self.cut(self.cut(y, 1, x.shape[1]), 2, x.shape[2])
        return y + self.bias if self.use_bias else y

    def spread(self, x, kernel):
        if self.dilation_rate == (1, 1):
            return ops.conv_transpose(x, kernel, self.strides)
        # Frameworks do not agree about strides with dilation: zeros between the taps of the kernel say the same.
        rows, columns = self.dilation_rate
        height, width, filters, channels = kernel.shape
        kernel = ops.reshape(kernel, (height, 1, width, 1, filters, channels))
        kernel = ops.pad(kernel, ((0, 0), (0, rows - 1), (0, 0), (0, columns - 1), (0, 0), (0, 0)))
        kernel = ops.reshape(kernel, (height * rows, width * columns, filters, channels))
        kernel = kernel[: (height - 1) * rows + 1, : (width - 1) * columns + 1]
        return ops.conv_transpose(x, kernel, self.strides)

    def cut(self, y, axis, size):
        """What lies between the padding at both ends of an axis; zeros where that is more than there is."""
        reach = (self.kernel_size[axis - 1] - 1) * self.dilation_rate[axis - 1]
        before = self.before[axis - 1]
        length = (size - 1) * self.strides[axis - 1] + reach + 1 - 2 * before + self.ends[axis - 1]
        missing = max(0, before + length - y.shape[axis])
        if missing:
            y = ops.pad(y, [(0, missing if place == axis else 0) for place in range(4)])
        return y[:, before : before + length] if axis == 1 else y[:, :, before : before + length]
`,
  Scale: `
class Scale(layers.Layer):
    """Multiplies by learned numbers."""

    def __init__(self, features, initial=0.0, **kwargs):
        super().__init__(**kwargs)
        self.features, self.initial = features, initial

    def build(self, shape):
        initializer = keras.initializers.Constant(self.initial)
        self.alpha = self.add_weight(shape=(self.features,), initializer=initializer, name="alpha")

    def call(self, x):
        return x * self.alpha
`,
  DropPath: `
class DropPath(layers.Layer):
    """Stochastic depth: drops the whole branch of some examples while training (Huang et al. 2016)."""

    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate, self.seed_generator = rate, keras.random.SeedGenerator()

    def call(self, x, training=False):
        if not training or self.rate == 0:
            return x
        shape = (ops.shape(x)[0],) + (1,) * (len(x.shape) - 1)
        kept = keras.random.uniform(shape, seed=self.seed_generator) >= self.rate
        return x * ops.cast(kept, x.dtype) / (1 - self.rate)
`,
  waves: `
def waves(positions, size):
    """Sines and cosines of positions, one after the other (Vaswani et al. 2017, section 3.5)."""
    angles = positions[:, None] / 10000 ** (numpy.arange(0, size, 2) / size)
    return numpy.stack((numpy.sin(angles), numpy.cos(angles)), -1).reshape(len(positions), -1)[:, :size]
`,
  SinusoidalPositions: `
class SinusoidalPositions(layers.Layer):
    """Adds fixed waves to each position."""

    def call(self, x):
        return x + ops.convert_to_tensor(waves(numpy.arange(x.shape[1]), x.shape[2]), x.dtype)
`,
  LearnedPositions: `
class LearnedPositions(layers.Layer):
    """Adds a learned vector to each position."""

    def __init__(self, positions, **kwargs):
        super().__init__(**kwargs)
        self.positions = positions

    def build(self, shape):
        initializer = keras.initializers.RandomNormal(stddev=0.02)
        self.table = self.add_weight(shape=(self.positions, shape[-1]), initializer=initializer, name="table")

    def call(self, x):
        return x + self.table[: x.shape[1]]
`,
  ClassToken: `
class ClassToken(layers.Layer):
    """Puts a learned vector before the sequence."""

    def build(self, shape):
        initializer = keras.initializers.RandomNormal(stddev=0.02)
        self.token = self.add_weight(shape=(shape[-1],), initializer=initializer, name="token")

    def call(self, x):
        token = ops.broadcast_to(ops.cast(self.token, x.dtype), (ops.shape(x)[0], 1, x.shape[-1]))
        return ops.concatenate((token, x), axis=1)
`,
  TokenLogits: `
class TokenLogits(layers.Layer):
    """Scores each token by an embedding table that is used twice."""

    def __init__(self, vocabulary, **kwargs):
        super().__init__(**kwargs)
        self.vocabulary = vocabulary

    def build(self, shape):
        self.bias = self.add_weight(shape=(self.vocabulary,), initializer="zeros", name="bias")

    def call(self, x, table):
        return ops.matmul(x, ops.transpose(table)) + self.bias
`,
  channels_first: `
def channels_first(x):
    """An image with its channels before its rows and columns, as PyTorch has it."""
    return ops.transpose(x, (0, 3, 1, 2))
`,
  channels_last: `
def channels_last(x):
    """An image with its channels behind its rows and columns, from one that has them before."""
    return ops.transpose(x, (0, 2, 3, 1))
`,
  crop_to_match: `
def crop_to_match(x, like):
    """The middle of an image, as large as another one."""
    (height, width), (rows, columns) = x.shape[1:3], like.shape[1:3]
    top, left = (height - rows) // 2, (width - columns) // 2
    return x[:, top : top + rows, left : left + columns]
`,
  pixel_shuffle: `
def pixel_shuffle(x, factor):
    """Channels become pixels: an image larger by a factor, with fewer channels (Shi et al. 2016)."""
    height, width, channels = x.shape[1], x.shape[2], x.shape[3] // factor**2
    x = ops.reshape(x, (-1, height, width, channels, factor, factor))
    x = ops.transpose(x, (0, 1, 4, 2, 5, 3))
    return ops.reshape(x, (-1, height * factor, width * factor, channels))
`,
  pad_edges: `
def pad_edges(x, rows, columns):
    """Repeats the pixels at the border of an image outwards."""
    for axis, (before, after) in enumerate((rows, columns), 1):
        size = x.shape[axis]
        x = ops.take(x, numpy.clip(numpy.arange(-before, size + after), 0, size - 1), axis=axis)
    return x
`,
  resize_aligned: `
def resize_aligned(x, factors):
    """Enlarges an image by bilinear interpolation with its corner pixels on one another."""
    for axis, factor in enumerate(factors, 1):
        size = x.shape[axis]
        places = numpy.linspace(0, size - 1, size * factor)
        low = numpy.minimum(places.astype(int), max(0, size - 2))
        share = ops.convert_to_tensor((places - low).reshape([-1 if place == axis else 1 for place in range(4)]), x.dtype)
        high = numpy.minimum(low + 1, size - 1)
        x = ops.take(x, low, axis=axis) * (1 - share) + ops.take(x, high, axis=axis) * share
    return x
`,
  gated: `
def gated(x, gate):
    """A gated linear unit: the second half, through \`gate\`, multiplies the first."""
    first, second = ops.split(x, 2, axis=-1)
    return first * gate(second)
`,
  attend: `
def attend(q, k, v, mask, dropout, scores=None):
    """Scaled dot-product attention of heads (Vaswani et al. 2017); \`mask\` says what may be seen."""
    if scores is None:
        scores = ops.matmul(q, ops.transpose(k, (0, 1, 3, 2)))
    scores = scores / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = ops.where(mask, scores, ops.cast(-1e9 if scores.dtype != "float16" else -6e4, scores.dtype))
    return ops.matmul(dropout(ops.softmax(scores, axis=-1)), v)


def heads_apart(x, heads):
    """From positions of features to heads of positions."""
    return ops.transpose(ops.reshape(x, (-1, x.shape[1], heads, x.shape[2] // heads)), (0, 2, 1, 3))


def heads_together(x):
    """From heads of positions to positions of features."""
    return ops.reshape(ops.transpose(x, (0, 2, 1, 3)), (-1, x.shape[2], x.shape[1] * x.shape[3]))


def visible(queries, keys, causal, tokens, padding_token):
    """What each query may see: nothing that comes later, no padding; \`None\` for everything."""
    mask = None if tokens is None else ops.not_equal(tokens, padding_token)[:, None, None, :]
    if causal:
        past = ops.convert_to_tensor(numpy.tri(queries, keys, dtype=bool))
        mask = past if mask is None else ops.logical_and(mask, past)
    return mask
`,
  ScaledDotProductAttention: `
class ScaledDotProductAttention(layers.Layer):
    """Attention of heads side by side, without weights of its own."""

    def __init__(self, heads=1, causal=False, dropout=0.0, padding_token=0, **kwargs):
        super().__init__(**kwargs)
        self.heads, self.causal, self.padding_token = heads, causal, padding_token
        self.dropout = layers.Dropout(dropout)

    def call(self, query, key, value, tokens=None):
        mask = visible(query.shape[1], key.shape[1], self.causal, tokens, self.padding_token)
        q, k, v = (heads_apart(x, self.heads) for x in (query, key, value))
        return heads_together(attend(q, k, v, mask, self.dropout))
`,
  MultiHeadAttention: `
class MultiHeadAttention(layers.Layer):
    """Multi-head attention (Vaswani et al. 2017), with rotary (Su et al. 2021) or relative (Dai et al. 2019) positions."""

    def __init__(
        self,
        heads,
        key_size,
        value_size,
        causal=False,
        positions="none",
        dropout=0.0,
        use_bias=True,
        output_bias=True,
        padding_token=0,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.heads, self.key_size, self.causal, self.positions = heads, key_size, causal, positions
        self.padding_token, self.output_bias = padding_token, output_bias
        self.query = layers.Dense(heads * key_size, use_bias=use_bias)
        self.key = layers.Dense(heads * key_size, use_bias=use_bias)
        self.value = layers.Dense(heads * value_size, use_bias=use_bias)
        self.distance = layers.Dense(heads * key_size, use_bias=False) if positions == "relative" else None
        self.dropout = layers.Dropout(dropout)

    def build(self, x_shape, memory_shape=None, tokens_shape=None):
        memory_shape = memory_shape or x_shape
        self.query.build(x_shape)
        self.key.build(memory_shape)
        self.value.build(memory_shape)
        self.output_layer = layers.Dense(x_shape[-1], use_bias=self.output_bias)
        self.output_layer.build((*x_shape[:-1], self.value.units))
        if self.positions == "relative":
            self.distance.build(x_shape)
            for name in ("content_bias", "distance_bias"):
                setattr(self, name, self.add_weight(shape=(self.heads, self.key_size), initializer="zeros", name=name))

    def call(self, x, memory=None, tokens=None):
        memory = x if memory is None else memory
        q = heads_apart(self.query(x), self.heads)
        k = heads_apart(self.key(memory), self.heads)
        v = heads_apart(self.value(memory), self.heads)
        mask = visible(x.shape[1], memory.shape[1], self.causal, tokens, self.padding_token)
        scores = None
        if self.positions == "rotary":
            q, k = self.rotate(q), self.rotate(k)
        if self.positions == "relative":
            scores = self.relative_scores(q, k, x.shape[2])
        return self.output_layer(heads_together(attend(q, k, v, mask, self.dropout, scores)))

    def rotate(self, x):
        """Turns the two halves of each query or key by angles that grow with the position."""
        length, size = x.shape[2:]
        angles = numpy.arange(length)[:, None] / 10000 ** (numpy.arange(0, size, 2) / size)
        sines = ops.convert_to_tensor(numpy.sin(angles), x.dtype)
        cosines = ops.convert_to_tensor(numpy.cos(angles), x.dtype)
        first, second = ops.split(x, 2, axis=-1)
        return ops.concatenate((first * cosines - second * sines, second * cosines + first * sines), axis=-1)

    def relative_scores(self, q, k, features):
        """Scores of content and of distance together."""
        length = q.shape[2]
        encoded = self.distance(ops.convert_to_tensor(waves(numpy.arange(length - 1, -length, -1), features)[None], q.dtype))
        content = ops.matmul(q + self.content_bias[:, None], ops.transpose(k, (0, 1, 3, 2)))
        by_distance = ops.matmul(q + self.distance_bias[:, None], ops.transpose(heads_apart(encoded, self.heads), (0, 1, 3, 2)))
        # Row i of the scores by distance begins at the distance of its own first key.
        rows = [by_distance[:, :, row, length - 1 - row : 2 * length - 1 - row] for row in range(length)]
        return content + ops.stack(rows, axis=2)
`,
} as const;

export type RuntimePart = keyof typeof runtime;
