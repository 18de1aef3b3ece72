import { assertNever } from '../../../core/diagnostic.ts';
import type { DataReader, ReaderOf } from '../../../training/dataReader.ts';
import { pythonLiteral, pythonString } from '../pythonCode.ts';
import type { ScriptData } from './scriptOrder.ts';

/** Python source of `load_data`, and the modules that it needs. */
export interface ReadingCode {
  readonly imports: readonly string[];
  readonly from: readonly string[];
  readonly source: string;
}

/** Source that reads the samples of a run: columns by their names, and the part of each sample where the data say so. */
export function readingCode(data: ScriptData): ReadingCode {
  const { reader } = data;
  if (reader === null) return written;
  switch (reader.kind) {
    case 'image-folder':
      return imageFolder(reader, data);
    case 'image-masks':
      return imageMasks(reader, data);
    case 'table':
      return table(reader, data);
    case 'idx':
      return idx(data);
    case 'cifar':
      return cifar(reader);
    case 'arrays':
      return arrays(reader, data);
    case 'text':
      return text(reader);
    default:
      return assertNever(reader);
  }
}

/** Whether the columns hold images that are decoded when they are asked for. */
export function decodesImages(reader: DataReader | null): boolean {
  return reader?.kind === 'image-folder' || reader?.kind === 'image-masks';
}

/** Python source of the path that is read unless another one is given: what is beside the script is found from anywhere. */
export function pathCode({ path, reader }: ScriptData): string {
  return reader === null ? `pathlib.Path(__file__).with_name(${pythonString(path)})` : pythonString(path);
}

const written: ReadingCode = {
  imports: [],
  from: ['from safetensors.numpy import load_file'],
  source: `def load_data(path):
    """Columns of all samples by name: Skipwire wrote them beside this script."""
    return load_file(path), None`,
};

const PARTS = `PARTS = {
    "train": 0,
    "training": 0,
    "val": 1,
    "valid": 1,
    "validation": 1,
    "dev": 1,
    "test": 2,
    "testing": 2,
}`;

/** The image class: sizes and channels are those that were found when the script was written. */
function imagesClass({ fit }: Pick<ReaderOf<'image-folder'>, 'fit'>, { description }: ScriptData): string {
  const input = description.inputs.find(({ kind }) => kind === 'image');
  if (input?.kind !== 'image') throw new Error('A folder of images has images');
  const resized = {
    stretch: 'image.resize(size, method)',
    cover: 'ImageOps.fit(image, size, method)',
    contain: 'ImageOps.pad(image, size, method, color=0)',
  }[fit];
  return `class Images:
    """Image files, decoded when they are asked for: bytes of height × width × channels."""

    def __init__(self, files, mode=${pythonString(input.channels === 1 ? 'L' : 'RGB')}, method=Image.Resampling.LANCZOS):
        self.files, self.mode, self.method = files, mode, method

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        size, method = (${input.width}, ${input.height}), self.method
        with Image.open(self.files[index]) as opened:
            image = ImageOps.exif_transpose(opened).convert(self.mode)
        if image.size != size:
            image = ${resized}
        pixels = numpy.asarray(image)
        return pixels[..., None] if pixels.ndim == 2 else pixels`;
}

const LISTING = `IMAGE = re.compile(r"\\.(png|jpe?g|webp|bmp)$", re.IGNORECASE)


def image_files(folder):
    """Image files below a folder, in the order of their paths; hidden ones are left out."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            yield from image_files(entry)
        elif IMAGE.search(entry.name):
            yield entry


def folders_in(folder):
    return sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))`;

function imageFolder(reader: ReaderOf<'image-folder'>, data: ScriptData): ReadingCode {
  return {
    imports: ['pathlib', 're'],
    from: ['from PIL import Image, ImageOps'],
    source: `${PARTS}
${LISTING}


${imagesClass(reader, data)}


def load_data(path):
    """Images and the numbers of their classes: a folder for each class, perhaps below folders for training and validation."""
    path = pathlib.Path(path)
    top = folders_in(path)
    parted = bool(top) and all(name.lower() in PARTS for name in top)
    if parted:
        places = [(path / part / name, PARTS[part.lower()]) for part in top for name in folders_in(path / part)]
    else:
        places = [(path / name, 0) for name in top]
    classes = sorted({place.name for place, _ in places})
    found = [(file, classes.index(place.name), part) for place, part in places for file in image_files(place)]
    files, labels, parts = zip(*found)
    return {"image": Images(files), "class": numpy.array(labels)}, numpy.array(parts) if any(parts) else None`,
  };
}

function imageMasks(reader: ReaderOf<'image-masks'>, data: ScriptData): ReadingCode {
  const levels = reader.levels === undefined ? 'None' : pythonLiteral(reader.levels);
  return {
    imports: ['pathlib', 're'],
    from: ['from PIL import Image, ImageOps'],
    source: `${PARTS}
# Grey levels, or colours as 0xRRGGBB, of the classes in the masks.
LEVELS = ${levels}
${LISTING}


${imagesClass(reader, data)}


class Masks(Images):
    """The number of each pixel's class."""

    def __getitem__(self, index):
        pixels = super().__getitem__(index).astype(numpy.int64)
        red, green, blue = pixels[..., 0], pixels[..., 1], pixels[..., 2]
        levels = numpy.where((red == green) & (green == blue), red, red * 0x10000 + green * 0x100 + blue)
        classes = numpy.searchsorted(LEVELS, levels).clip(max=len(LEVELS) - 1)
        if (numpy.asarray(LEVELS)[classes] != levels).any():
            raise ValueError(f"{self.files[index]} has levels that are no class")
        return classes


def load_data(path):
    """Images and their masks, which have the same names in the folder beside theirs."""
    path = pathlib.Path(path)
    found = []
    for part in ["", *(name for name in folders_in(path) if name.lower() in PARTS)]:
        images, masks = path / part / ${pythonString(reader.images)}, path / part / ${pythonString(reader.masks)}
        if not (images.is_dir() and masks.is_dir()):
            continue
        mask_of = {file.relative_to(masks).with_suffix(""): file for file in image_files(masks)}
        for file in image_files(images):
            name = file.relative_to(images).with_suffix("")
            mask = mask_of.get(name) or mask_of.get(name.with_name(name.name + "_mask"))
            if mask is not None:
                found.append((file, mask, PARTS[part.lower()] if part else 0))
    files, masks, parts = zip(*found)
    columns = {"image": Images(files), "mask": Masks(masks, "RGB", Image.Resampling.NEAREST)}
    return columns, numpy.array(parts) if any(parts) else None`,
  };
}

function table(reader: ReaderOf<'table'>, { description }: ScriptData): ReadingCode {
  const columns = reader.columns.filter(({ use }) => use !== 'ignore');
  const rows = columns.map(
    ({ name, use, type }) => `    (${[name, use, type].map((word) => pythonString(word)).join(', ')}),`,
  );
  const [values] = description.targets.filter(({ kind }) => kind === 'values');
  const decimal = reader.decimal === ',' ? 'float(cell.replace(".", "").replace(",", "."))' : 'float(cell)';
  const names = reader.header
    ? 'names = [name.strip() for name in rows.pop(0)]'
    : 'names = [f"column {number + 1}" for number in range(len(rows[0]))]';
  const missing = {
    fill: 'fill = most if kind == "category" else mean',
    'leave-out': 'fill = None',
    stop: 'fill = None',
  }[reader.missing];
  return {
    imports: ['collections', 'csv', 'gzip'],
    from: [],
    source: `# What each column is for, and how its cells are read.
COLUMNS = (
${rows.join('\n')}
)
MISSING = {"", "na", "n/a", "nan", "null", "none", "nil", "?", "-", "missing"}


def number_in(cell):
    return ${decimal}


def categories_of(cells):
    """All categories in a fixed order: numbers by size, words by their letters."""
    names = set(cells)
    try:
        return sorted(names, key=float)
    except ValueError:
        return sorted(names)


def load_data(path):
    """Features and targets of each row: numbers as they are, a category as one number for each there is."""
    read = gzip.open if str(path).endswith(".gz") else open
    with read(path, "rt", encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, delimiter=${pythonString(reader.delimiter)})
        rows = [[cell.strip() for cell in row] for row in lines if any(row)]
    ${names}
    rows = [row for row in rows if len(row) == len(names)]
    known = lambda cell: cell.lower() not in MISSING
    features, classes, values = [], {}, []
    keep = numpy.ones(len(rows), dtype=bool)
    for name, use, kind in COLUMNS:
        cells = [row[names.index(name)] for row in rows]
        present = [cell for cell in cells if known(cell)]
        if kind == "category":
            categories = categories_of(present)
            most = categories.index(collections.Counter(present).most_common(1)[0][0])
        else:
            mean = numpy.mean([number_in(cell) for cell in present])
        ${missing}
        if use == "target" or fill is None:
            # A row is of no use where what it needs is missing.
            keep &= [known(cell) for cell in cells]
            fill = 0
        number = categories.index if kind == "category" else number_in
        column = numpy.array([number(cell) if known(cell) else fill for cell in cells])
        if use == "target" and kind == "category":
            classes[name] = column
        elif use == "target":
            values.append(column)
        else:
            features.append(numpy.eye(len(categories))[column] if kind == "category" else column[:, None])
    columns = {"features": numpy.concatenate(features, axis=1).astype(numpy.float32), **classes}
    if values:
        columns[${pythonString(values?.name ?? 'values')}] = numpy.stack(values, axis=1).astype(numpy.float32)
    return {name: column[keep] for name, column in columns.items()}, None`,
  };
}

function idx({ description }: ScriptData): ReadingCode {
  const [input] = description.inputs;
  const shaped =
    input?.kind === 'image'
      ? `images.reshape(-1, ${input.height}, ${input.width}, ${input.channels})`
      : 'images.reshape(len(images), -1)';
  const name = pythonString(input?.kind === 'image' ? 'image' : 'features');
  return {
    imports: ['gzip', 'pathlib', 're'],
    from: [],
    source: `def read_idx(file):
    """The bytes of an IDX file in its shape."""
    with gzip.open(file) if file.suffix == ".gz" else open(file, "rb") as opened:
        content = opened.read()
    shape = numpy.frombuffer(content, ">u4", content[3], 4)
    return numpy.frombuffer(content, numpy.uint8, offset=4 + 4 * len(shape)).reshape(shape)


def load_data(path):
    """Images and labels of IDX files, packed by gzip or not; files of a test are told by their names."""
    path = pathlib.Path(path)
    folder = path if path.is_dir() else path.parent
    files = sorted(file for file in folder.rglob("*ubyte*") if not file.name.startswith("."))
    # A file that is there packed and unpacked is one file.
    files = [file for file in files if file.suffix != ".gz" or file.with_suffix("") not in files]
    kind = re.compile(r"[-_.]?(images?|labels?)[-_.]?idx\\d[-_.]?ubyte(\\.gz)?$", re.IGNORECASE)
    labels = {kind.sub("", file.name): file for file in files if "label" in file.name.lower()}
    found = []
    for file in files:
        name = kind.sub("", file.name)
        if "label" in file.name.lower() or name not in labels or not (path.is_dir() or file == path):
            continue
        part = 2 if re.search("t10k|test", name, re.IGNORECASE) else 1 if re.search("val", name, re.IGNORECASE) else 0
        found.append((part, read_idx(file), read_idx(labels[name])))
    found.sort(key=lambda one: one[0])
    images = numpy.concatenate([images for _, images, _ in found])
    parts = numpy.concatenate([numpy.full(len(images), part) for part, images, _ in found])
    columns = {${name}: ${shaped}, "class": numpy.concatenate([labels for _, _, labels in found])}
    return columns, parts if parts.any() else None`,
  };
}

function cifar({ labels }: ReaderOf<'cifar'>): ReadingCode {
  return {
    imports: ['pathlib', 're'],
    from: [],
    source: `def load_data(path):
    """Images and labels of the binary files of CIFAR-10 or CIFAR-100."""
    files = sorted(pathlib.Path(path).rglob("*.bin"))
    named = lambda pattern: [file for file in files if re.fullmatch(pattern, file.name)]
    ten = named(r"data_batch_\\d+\\.bin") + named(r"test_batch\\.bin")
    files = ten or named(r"train\\.bin") + named(r"test\\.bin")
    # CIFAR-100 has a coarse and a fine label before the pixels.
    before, place = (1, 0) if ten else (2, ${labels === 'fine' ? 1 : 0})
    records = [numpy.fromfile(file, numpy.uint8).reshape(-1, before + 3072) for file in files]
    parts = [2 if file.name.startswith("test") else 0 for file in files]
    parts = numpy.concatenate([numpy.full(len(some), part) for part, some in zip(parts, records)])
    records = numpy.concatenate(records)
    images = records[:, before:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return {"image": images, "class": records[:, place]}, parts if parts.any() else None`,
  };
}

function arrays(reader: ReaderOf<'arrays'>, { description }: ScriptData): ReadingCode {
  const [input] = description.inputs;
  const [target] = description.targets;
  const name = pythonString(input?.name ?? 'features');
  const isFirst = reader.layout === 'channels-first';
  const shaped =
    input?.kind === 'image'
      ? `    if inputs.ndim == 3:
        inputs = inputs[..., None]${isFirst ? '\n    else:\n        inputs = inputs.transpose(0, 2, 3, 1)' : ''}`
      : '    inputs = inputs.reshape(len(inputs), -1).astype(numpy.float32)';
  const taught = {
    class: 'targets.reshape(-1)',
    mask: `targets.reshape(inputs.shape[:3])`,
    values: 'targets.reshape(len(targets), -1).astype(numpy.float32)',
  };
  const kind = target === undefined || !(target.kind in taught) ? undefined : (target.kind as keyof typeof taught);
  const inputs = pythonString(reader.inputs);
  const targets = pythonString(reader.targets);
  return {
    imports: ['pathlib'],
    from: [],
    source: `def load_data(path):
    """Inputs and targets of NumPy arrays: a folder of .npy files, or one .npz; parts are told by the names of the arrays."""
    path = pathlib.Path(path)
    if path.is_dir():
        found = {file.stem: numpy.load(file, mmap_mode="r") for file in sorted(path.glob("*.npy"))}
        for file in sorted(path.glob("*.npz")):
            found.update(numpy.load(file))
    else:
        found = numpy.load(path)
        found = dict(found) if path.suffix == ".npz" else {path.stem: found}
    named = lambda base, word: found.get(f"{base}_{word}", found.get(f"{word}_{base}"))
    words = (("train", 0), ("val", 1), ("valid", 1), ("validation", 1), ("test", 2))
    pieces = [(named(${inputs}, word), named(${targets}, word), part) for word, part in words]
    pieces = [piece for piece in pieces if piece[0] is not None] or [(found[${inputs}], found.get(${targets}), 0)]
    inputs = numpy.concatenate([piece[0] for piece in pieces])
${shaped}
    columns = {${name}: inputs}
${
  kind === undefined
    ? ''
    : `    targets = numpy.concatenate([piece[1] for piece in pieces])
    columns[${pythonString(target?.name ?? '')}] = ${taught[kind]}
`
}    parts = numpy.concatenate([numpy.full(len(piece[0]), piece[2]) for piece in pieces])
    return columns, parts if parts.any() else None`,
  };
}

const PIECES = {
  characters: 'regex.compile(r"[\\s\\S]")',
  words: 'regex.compile(r"\\s+|[\\p{L}\\p{M}\\p{N}_]+|[^\\s\\p{L}\\p{M}\\p{N}_]")',
  'byte-pairs': 'regex.compile(r" ?[\\p{L}\\p{M}]+| ?\\p{N}+| ?[^\\s\\p{L}\\p{M}\\p{N}]+|\\s")',
} as const;

function text({ tokens, vocabulary }: ReaderOf<'text'>): ReadingCode {
  const whole = `def learn_tokens(counts):
    """The most frequent pieces; what is more seldom becomes the last token."""
    frequent = sorted(counts, key=lambda piece: (-counts[piece], piece))
    chosen = frequent if len(frequent) <= VOCABULARY else frequent[: VOCABULARY - 1]
${tokens === 'characters' ? '    chosen.sort()\n' : ''}    numbers = {piece: [number] for number, piece in enumerate(chosen)}
    unknown = [len(chosen) if len(chosen) < len(frequent) else 0]
    return lambda piece: numbers.get(piece, unknown)`;
  const pairs = `def learn_tokens(counts):
    """Joins the most frequent pair of tokens again and again within words (Sennrich, Haddow and Birch 2016)."""
    vocabulary = sorted({character for word in counts for character in word})[: VOCABULARY - 1]
    known = set(vocabulary)
    words = [([character for character in word if character in known], count) for word, count in counts.items()]
    merges = {}
    while len(vocabulary) < VOCABULARY - 1:
        pairs = collections.Counter()
        for parts, count in words:
            for pair in zip(parts, parts[1:]):
                pairs[pair] += count
        if not pairs:
            break
        number = {token: place for place, token in reversed(list(enumerate(vocabulary)))}
        best = min(pairs, key=lambda pair: (-pairs[pair], number[pair[0]], number[pair[1]]))
        merges[best] = len(merges)
        vocabulary.append("".join(best))
        words = [(join(parts, best), count) for parts, count in words]
    number = {token: place for place, token in enumerate(vocabulary)}

    @functools.cache
    def encode(word):
        parts = list(word)
        while found := [pair for pair in zip(parts, parts[1:]) if pair in merges]:
            parts = join(parts, min(found, key=merges.get))
        return [number.get(part, len(vocabulary)) for part in parts]

    return encode


def join(parts, pair):
    """A word in which a pair became one token everywhere."""
    joined, place = [], 0
    while place < len(parts):
        width = 2 if tuple(parts[place : place + 2]) == pair else 1
        joined.append("".join(parts[place : place + width]))
        place += width
    return joined`;
  return {
    imports: ['collections', ...(tokens === 'byte-pairs' ? ['functools'] : []), 'pathlib', 're'],
    from: ['import regex'],
    source: `VOCABULARY = ${vocabulary}
TEXT = re.compile(r"\\.(txt|text|md|markdown|rst|tex|log)$", re.IGNORECASE)
PIECE = ${PIECES[tokens]}


${tokens === 'byte-pairs' ? pairs : whole}


def load_data(path):
    """The tokens of all texts, one after the other."""
    path = pathlib.Path(path)
    files = sorted(file for file in path.rglob("*") if TEXT.search(file.name)) if path.is_dir() else [path]
    texts = [PIECE.findall(file.read_text(encoding="utf-8")) for file in files]
    encode = learn_tokens(collections.Counter(piece for text in texts for piece in text))
    tokens = numpy.array([token for text in texts for piece in text for token in encode(piece)])
    return {"text": tokens, "next": tokens}, None`,
  };
}
