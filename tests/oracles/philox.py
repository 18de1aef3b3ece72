"""The project's counter-based numbers (src/graph-engine/random), written a second time so that they are checked as well."""

import math

import numpy

INITIAL_VALUES, DATA = 1, 3


def philox(words, key, stream, domain):
    """The first `words` random words of a key and the two upper counter words: Philox4x32-10."""
    blocks = numpy.arange(-(-words // 4), dtype=numpy.uint64)
    mask = numpy.uint64(0xFFFFFFFF)
    shift = numpy.uint64(32)
    a, b = blocks & mask, blocks >> shift
    c = numpy.full_like(blocks, stream)
    d = numpy.full_like(blocks, domain)
    first, second = (numpy.uint64(word & 0xFFFFFFFF) for word in key)
    for _ in range(10):
        low, high = numpy.uint64(0xD2511F53) * a, numpy.uint64(0xCD9E8D57) * c
        a, b, c, d = (high >> shift) ^ b ^ first, high & mask, (low >> shift) ^ d ^ second, low & mask
        first = (first + numpy.uint64(0x9E3779B9)) & mask
        second = (second + numpy.uint64(0xBB67AE85)) & mask
    return numpy.stack([a, b, c, d], axis=1).reshape(-1)[:words]


def normal(words, deviation):
    """Box and Muller's method."""
    pairs = words.reshape(-1, 2).astype(numpy.float64)
    radius = deviation * numpy.sqrt(-2 * numpy.log((pairs[:, 0] + 1) / 2**32))
    angle = 2 * math.pi * pairs[:, 1] / 2**32
    return numpy.stack([radius * numpy.cos(angle), radius * numpy.sin(angle)], axis=1).reshape(-1).astype(numpy.float32)


def uniform(words, low, high):
    return (low + (words / 2**32) * (high - low)).astype(numpy.float32)


def uniform_floats(words):
    """Floats in [0, 1) from the low 23 bits, as the primitive `randomUniform` and TensorFlow make them."""
    return (words & numpy.uint64(0x7FFFFF)).astype(numpy.float32) / numpy.float32(2**23)


def stream_of(name):
    """FNV-1a, 31 bits."""
    word = 0x811C9DC5
    for letter in name:
        word = ((word ^ ord(letter)) * 0x01000193) & 0xFFFFFFFF
    return word >> 1


def hash_name(name):
    """The two hashes that a variable's initial values are drawn by."""
    first, second = 0x811C9DC5, 0x2545F491
    for i, letter in enumerate(name):
        code = ord(letter)
        first = ((first ^ code) * 0x01000193) & 0xFFFFFFFF
        second = ((second ^ (code + i)) * 0x85EBCA77) & 0xFFFFFFFF
        second ^= second >> 15
    return first, second
