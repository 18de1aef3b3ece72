import type { TrainingSettings } from '../../../document/trainingSettings.ts';

/**
 * Source of the order of the samples: which are learned from and which are measured on, and how an epoch shuffles them. They are
 * Skipwire's own, so that weights which it trained are measured on samples that they have not seen.
 */
export function orderCode({
  stratified,
  validationShare,
}: Pick<TrainingSettings, 'stratified' | 'validationShare'>): string {
  const byChance =
    stratified === true
      ? `def split_by_chance(classes):
    """Splits so that each class has the same share in both parts; one that has a single sample is only learned from."""
    train, validation = [], []
    for label in dict.fromkeys(classes.tolist()):
        members = numpy.flatnonzero(classes == label)
        held = min(len(members) - 1, max(1, int(len(members) * VALIDATION_SHARE + 0.5)))
        order = members[permutation(len(members), SPLIT)] if len(members) > 1 else members
        validation.append(order[:held])
        train.append(order[held:])
    return numpy.sort(numpy.concatenate(train)), numpy.sort(numpy.concatenate(validation))`
      : `def split_by_chance(samples):
    """A share of the samples is measured on and never learned from."""
    order = permutation(samples, SPLIT)
    held = min(samples - 1, max(1, int(samples * VALIDATION_SHARE + 0.5)))
    return order[held:], order[:held]`;
  const [all, some] =
    stratified === true
      ? ['split_by_chance(numpy.asarray(classes))', 'split_by_chance(numpy.asarray(classes)[train])']
      : ['split_by_chance(samples)', 'split_by_chance(len(train))'];
  const signature = stratified === true ? 'samples, parts, classes' : 'samples, parts';
  return `VALIDATION_SHARE = ${validationShare}
# The number of the split among the permutations of a seed.
SPLIT = 0xFFFFFFFF


def random_words(epoch):
    """An endless run of words from Philox4x32-10 (Salmon et al. 2011), the same that Skipwire draws."""
    mask, block = numpy.uint64(0xFFFFFFFF), 0
    while True:
        a = numpy.arange(block, block + 1024, dtype=numpy.uint64)
        b, c, d = numpy.zeros_like(a), numpy.zeros_like(a), numpy.full_like(a, 2)
        keys = [SEED, epoch]
        for _ in range(10):
            first, second = a * numpy.uint64(0xD2511F53), c * numpy.uint64(0xCD9E8D57)
            a = (second >> numpy.uint64(32)) ^ b ^ numpy.uint64(keys[0])
            c = (first >> numpy.uint64(32)) ^ d ^ numpy.uint64(keys[1])
            b, d = second & mask, first & mask
            keys = [(keys[0] + 0x9E3779B9) % 2**32, (keys[1] + 0xBB67AE85) % 2**32]
        yield from numpy.stack((a, b, c, d), axis=1).ravel().tolist()
        block += 1024


def permutation(length, epoch):
    """The numbers below \`length\` in a random order (Fisher and Yates), another one for each epoch."""
    words, order = random_words(epoch), list(range(length))
    for last in range(length - 1, 0, -1):
        # Words beyond the last whole multiple would make some places more likely than others.
        limit = 2**32 - 2**32 % (last + 1)
        other = next(word for word in words if word < limit) % (last + 1)
        order[last], order[other] = order[other], order[last]
    return numpy.array(order)


${byChance}


def split(${signature}):
    """Samples to learn from and samples to measure on; what is kept for a test is neither."""
    if parts is None:
        return ${all}
    train, validation = numpy.flatnonzero(parts == 0), numpy.flatnonzero(parts == 1)
    if len(validation):
        return train, validation
    learned, measured = ${some}
    return train[learned], train[measured]`;
}
