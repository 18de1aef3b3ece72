"""Small files in the true formats, and what PIL, NumPy, torchvision and tokenizers read in them.

    python tests/oracles/dataFiles.py

Writes tests/fixtures/data and tests/golden/dataFiles.json.
"""

import base64
import csv
import gzip
import hashlib
import json
import pathlib
import shutil
import struct

import numpy as np
import tokenizers
import torch
import torchvision.transforms.functional as F
from PIL import Image, ImageOps
from tokenizers import models, pre_tokenizers, trainers
from torchvision.datasets import ImageFolder, mnist

ROOT = pathlib.Path(__file__).parents[1]
DATA = ROOT / "fixtures" / "data"
shutil.rmtree(DATA, ignore_errors=True)
rng = np.random.default_rng(7)
golden = {}


def coded(array):
    array = np.ascontiguousarray(array, dtype=np.uint8)
    return {"shape": list(array.shape), "bytes": base64.b64encode(array.tobytes()).decode()}


def smooth(height, width):
    """An image that survives lossy compression: gradients and a disc."""
    y, x = np.mgrid[0:height, 0:width]
    disc = ((y - height / 2) ** 2 + (x - width / 3) ** 2 < (height / 4) ** 2) * 80
    channels = [255 * x / width * 0.6 + disc, 255 * y / height * 0.7 + disc, 120 + 60 * np.sin(x / 5)]
    return np.clip(np.stack(channels, -1), 0, 255).astype(np.uint8)


def save(path, image, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **options)


# Every format and mode by itself.
noise = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8))
photo = Image.fromarray(smooth(24, 32))
formats = DATA / "formats"
save(formats / "colour.png", noise)
save(formats / "grey.png", noise.convert("L"))
save(formats / "palette.png", noise.quantize(16))
save(formats / "bilevel.png", noise.convert("1"))
save(formats / "transparent.png", Image.merge("RGBA", (*noise.split(), noise.convert("L"))))
save(formats / "colour.bmp", noise)
save(formats / "grey.bmp", noise.convert("L"))
save(formats / "palette.bmp", noise.quantize(16))
save(formats / "bilevel.bmp", noise.convert("1"))
save(formats / "lossless.webp", noise, lossless=True)
save(formats / "photo.webp", photo, quality=95)
save(formats / "photo.jpg", photo, quality=95, subsampling=0)
save(formats / "progressive.jpg", photo, quality=95, subsampling=0, progressive=True)
exif = Image.Exif()
exif[0x0112] = 6
save(formats / "turned.jpg", photo, quality=95, subsampling=0, exif=exif)
golden["formats"] = {
    file.name: coded(np.asarray(ImageOps.exif_transpose(Image.open(file)).convert("RGB")))
    for file in sorted(formats.iterdir())
}
golden["resized"] = {
    "cover": coded(np.asarray(ImageOps.fit(photo, (12, 12), Image.LANCZOS))),
    "stretch": coded(np.asarray(photo.resize((12, 20), Image.LANCZOS))),
    "contain": coded(np.asarray(ImageOps.pad(photo, (16, 16), Image.LANCZOS))),
}

# A folder for each class, below folders of the parts.
pictures = DATA / "pictures"
for part, number in (("train", 3), ("val", 1)):
    for name in ("cat", "dog", "Ant"):
        for index in range(number):
            ending = ("png", "bmp", "webp")[index]
            options = {"lossless": True} if ending == "webp" else {}
            image = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8))
            save(pictures / part / name / f"{index}.{ending}", image, **options)
folder = ImageFolder(pictures / "train")
pixels = np.stack([np.asarray(image) for image, _ in folder])
golden["pictures"] = {
    "classes": folder.classes,
    "labels": [label for _, label in folder],
    "files": [str(pathlib.Path(path).relative_to(pictures)) for path, _ in folder.samples],
    "pixels": coded(pixels),
    "mean": (pixels / 255).mean((0, 1, 2)).tolist(),
    "deviation": (pixels / 255).std((0, 1, 2)).tolist(),
}

# Images with masks: levels of a palette, and black and white.
masks = DATA / "masks"
classes = []
palette = [0, 0, 0, 128, 0, 0, 0, 128, 0] + [0] * (253 * 3)
for index in range(4):
    numbers = rng.integers(0, 3, (6, 8), dtype=np.uint8)
    mask = Image.fromarray(numbers, mode="P")
    mask.putpalette(palette)
    save(masks / "images" / f"{index}.png", Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)))
    save(masks / "masks" / f"{index}.png", mask)
    # Levels in their order as colours: black 0x000000, green 0x008000, red 0x800000.
    classes.append(np.array([0, 2, 1], dtype=np.uint8)[numbers])
golden["masks"] = coded(np.stack(classes))

# MNIST's family.
def write_idx(path, array):
    header = struct.pack(">BBBB", 0, 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    path.parent.mkdir(parents=True, exist_ok=True)
    content = header + array.astype(np.uint8).tobytes()
    path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)


idx = DATA / "idx"
for part, number in (("train", 20), ("t10k", 6)):
    write_idx(idx / f"{part}-images-idx3-ubyte.gz", rng.integers(0, 256, (number, 5, 4), dtype=np.uint8))
    write_idx(idx / f"{part}-labels-idx1-ubyte.gz", np.arange(number, dtype=np.uint8) % 10)
unpacked = DATA / "unpacked"
unpacked.mkdir()
parts = []
for part in ("train", "t10k"):
    for kind in ("images-idx3", "labels-idx1"):
        name = f"{part}-{kind}-ubyte"
        (unpacked / name).write_bytes(gzip.decompress((idx / f"{name}.gz").read_bytes()))
    parts.append(mnist.read_image_file(str(unpacked / f"{part}-images-idx3-ubyte")).numpy())
shutil.rmtree(unpacked)
golden["idx"] = coded(np.concatenate(parts))

# CIFAR-10 and CIFAR-100 as their binary versions are.
def cifar(path, labels):
    images = rng.integers(0, 256, (len(labels), 3, 32, 32), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(bytes(np.atleast_1d(label)) + image.tobytes() for label, image in zip(labels, images)))
    return images.transpose(0, 2, 3, 1)


ten = [cifar(DATA / "cifar-10" / "data_batch_1.bin", np.arange(10, dtype=np.uint8)),
       cifar(DATA / "cifar-10" / "test_batch.bin", np.array([3, 1], dtype=np.uint8))]
(DATA / "cifar-10" / "batches.meta.txt").write_text(
    "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n")
hundred = cifar(DATA / "cifar-100" / "train.bin", np.array([[4, 30], [1, 99], [19, 0]], dtype=np.uint8))
sha = lambda array: hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()
golden["cifar10"] = sha(np.concatenate(ten))
golden["cifar100"] = sha(hundred)

# NumPy arrays.
arrays = DATA / "arrays"
arrays.mkdir()
images = rng.integers(0, 256, (6, 5, 4, 3), dtype=np.uint8)
np.save(arrays / "x.npy", images)
np.save(arrays / "y.npy", np.array([0, 2, 1, 1, 0, 2], dtype=np.int64))
planes = rng.random((5, 3, 4, 6), dtype=np.float32)
np.savez_compressed(DATA / "planes.npz", x_train=planes[:3], y_train=np.array([0, 1, 1]), x_test=planes[3:], y_test=np.array([1, 0]))
halves = DATA / "halves"
halves.mkdir()
features = rng.normal(size=(7, 4)).astype(np.float16)
values = rng.normal(size=(7, 2))
np.save(halves / "x.npy", features)
np.save(halves / "y.npy", values)
golden["arrays"] = {
    "images": coded(images),
    "planes": planes.transpose(0, 2, 3, 1).ravel().tolist(),
    "features": features.astype(np.float64).ravel().tolist(),
    "values": values.astype(np.float32).astype(np.float64).ravel().tolist(),
}

# A table with categories, gaps and quotes.
rows = [
    ["id", "colour", "size, cm", "weight", "price"],
    ["1", "red", "1.5", "10", "3.25"],
    ["2", "blue", "", "20", "4.5"],
    ["3", "red", "2.5", "NA", "5.75"],
    ["4", "", "3.5", "40", "6"],
    ["5", "green", "4.5", "50", "7.5"],
    ["6", "red", "5.5", "60", "-8e-1"],
]
with open(DATA / "table.csv", "w", newline="") as file:
    csv.writer(file).writerows(rows)
with open(DATA / "table.csv", newline="") as file:
    header, *body = csv.reader(file)
size = np.array([float(row[2]) if row[2] else np.nan for row in body])
weight = np.array([float(row[3]) if row[3] != "NA" else np.nan for row in body])
filled = [np.where(np.isnan(column), np.nanmean(column), column) for column in (size, weight)]
colours = ["blue", "green", "red"]
one_hot = np.array([[float((row[1] or "red") == colour) for colour in colours] for row in body])
golden["table"] = {
    "features": np.column_stack([one_hot, *filled]).ravel().tolist(),
    "targets": [float(row[4]) for row in body],
}

# Byte pairs as the tokenizers library learns them.
text = ("low lower lowest new newer newest wide wider widest\n" * 3
        + "the lower the newer the wider, the widest of all: slow, slower, slowest!\n" * 2)
(DATA / "text").mkdir()
(DATA / "text" / "words.txt").write_text(text)
tokenizer = tokenizers.Tokenizer(models.BPE())
pattern = tokenizers.Regex(r" ?[\p{L}\p{M}]+| ?\p{N}+| ?[^\s\p{L}\p{M}\p{N}]+|\s")
tokenizer.pre_tokenizer = pre_tokenizers.Split(pattern, "isolated")
tokenizer.train_from_iterator([text], trainers.BpeTrainer(vocab_size=60, special_tokens=[], show_progress=False))
vocabulary = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().get)
golden["bytePairs"] = {"vocabulary": vocabulary, "tokens": tokenizer.encode(text).tokens}

# Augmentation as torchvision does it, on an image [3, 6, 8] from 0 to 1.
image = torch.from_numpy(rng.random((3, 6, 8)).astype(np.float32))
last = lambda tensor: tensor.permute(1, 2, 0).flatten().tolist()
golden["augmentation"] = {
    "image": last(image),
    "flipped": last(F.hflip(image)),
    "upsideDown": last(F.vflip(image)),
    "brightness": last(F.adjust_brightness(image, 1.3)),
    "contrast": last(F.adjust_contrast(image, 0.6)),
    "saturation": last(F.adjust_saturation(image, 1.5)),
    "hue": last(F.adjust_hue(image, 0.15)),
    "hueBack": last(F.adjust_hue(image, -0.3)),
    "padded": last(F.crop(F.pad(image, [2, 2, 2, 2]), 1, 4, 6, 8)),
    "edge": last(F.crop(F.pad(image, [2, 2, 2, 2], padding_mode="edge"), 1, 4, 6, 8)),
    "reflect": last(F.crop(F.pad(image, [2, 2, 2, 2], padding_mode="reflect"), 1, 4, 6, 8)),
    "part": last(F.resized_crop(image, 1, 2, 4, 5, [6, 8], antialias=False)),
    "turned": last(F.rotate(image, 30, interpolation=F.InterpolationMode.BILINEAR)),
}

(ROOT / "golden" / "dataFiles.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
