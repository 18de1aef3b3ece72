import type { TrainingSettings } from '../../../document/trainingSettings.ts';
import { pythonString } from '../../python/pythonCode.ts';
import type { FedInput, TaughtOutput } from '../../python/training/networkEnds.ts';
import { measureSums, measureWords } from './lossCode.ts';

export interface LoopOrder {
  readonly training: TrainingSettings;
  readonly inputs: readonly FedInput[];
  readonly outputs: readonly TaughtOutput[];
  /** Paths of all outputs: the network returns one value, or a dictionary of them. */
  readonly results: readonly string[];
  readonly decodesImages: boolean;
  /** Parameters that stay as they are. */
  readonly frozen: readonly string[];
}

/** Source of all that happens in a run: steps, measurements, checkpoints, and the processes of torchrun. */
export function loopCode(order: LoopOrder): string {
  return [predicting(order), mixing(order), step(order), evaluating(order), epochs(order), main(order)]
    .filter((part) => part !== '')
    .join('\n\n\n');
}

function predicting({ inputs, results, training }: LoopOrder): string {
  const given = inputs.map(({ path }) => `inputs[${pythonString(path)}]`).join(', ');
  const named = results.length === 1 ? `{${pythonString(results[0] ?? '')}: results}` : 'results';
  const autocast =
    training.precision === 'bfloat16' || training.precision === 'float16'
      ? `    # Products in half the width; weights stay float32.
    with torch.autocast(next(iter(inputs.values())).device.type, torch.${training.precision}):
        results = model(${given})
    results = ${results.length === 1 ? 'results.float()' : '{name: value.float() for name, value in results.items()}'}
`
      : `    results = model(${given})
`;
  return `def predict(model, inputs):
    """What the network says, by the names of its outputs."""
${autocast}    return ${named}`;
}

function mixing({ training: { mixing: given } }: LoopOrder): string {
  if (given === undefined || given.kind === 'none') return '';
  const body =
    given.kind === 'mixup'
      ? `    inputs = {name: share * value + (1 - share) * value[partner] for name, value in inputs.items()}`
      : `    mixed = {}
    for name, value in inputs.items():
        if value.dim() != 4:
            mixed[name] = value
            continue
        # A box of the area 1 - share, its middle anywhere; what juts out is cut off.
        sizes = torch.tensor(value.shape[2:])
        middle, half = torch.rand(2) * sizes, sizes * math.sqrt(1 - share) / 2
        top, left = (middle - half).round().clamp(min=0).int()
        bottom, right = torch.minimum((middle + half).round(), sizes).int()
        value = value.clone()
        value[:, :, top:bottom, left:right] = value[partner, :, top:bottom, left:right]
        mixed[name] = value
        share = 1 - ((bottom - top) * (right - left) / sizes.prod()).item()
    inputs = mixed`;
  const title =
    given.kind === 'mixup'
      ? 'Weighted sums of two samples each (mixup, Zhang et al. 2018)'
      : 'Patches of one image on another (CutMix, Yun et al. 2019)';
  return `def mix(inputs):
    """${title}: the inputs, who is mixed with whom, and the share that is a sample's own."""
    share = torch.distributions.Beta(${given.alpha}, ${given.alpha}).sample().item()
    partner = torch.randperm(len(next(iter(inputs.values()))), device=next(iter(inputs.values())).device)
${body}
    return inputs, partner, share`;
}

function step({ training }: LoopOrder): string {
  const { accumulate = 1, clipping, averaging, mixing: mixed, classWeights } = training;
  const weights = classWeights?.kind === 'balanced' ? ', class_weights=class_weights' : '';
  const scales = training.precision === 'float16';
  const backward = (value: string) =>
    scales ? `scaler.scale(${value}).backward()` : `${/\W/.test(value) ? `(${value})` : value}.backward()`;
  const signature = `model, optimizer, batch${averaging?.kind === 'ema' ? ', averaged' : ''}${weights === '' ? '' : ', class_weights'}${scales ? ', scaler' : ''}`;
  const loss =
    mixed === undefined || mixed.kind === 'none'
      ? [`loss = loss_of(predict(model, inputs), targets${weights})`]
      : [
          'inputs, partner, share = mix(inputs)',
          'results = predict(model, inputs)',
          'partners = {name: value[partner] for name, value in targets.items()}',
          `loss = share * loss_of(results, targets${weights}) + (1 - share) * loss_of(results, partners${weights})`,
        ];
  const clip =
    clipping?.kind === 'norm'
      ? [`nn.utils.clip_grad_norm_(model.parameters(), ${clipping.maximum})`]
      : clipping?.kind === 'value'
        ? [`nn.utils.clip_grad_value_(model.parameters(), ${clipping.maximum})`]
        : [];
  const gradients =
    accumulate === 1
      ? [...loss, backward('loss'), 'total = loss.detach()']
      : [
          '# Gradients of several parts make one step, each by its share of the batch.',
          'inputs, targets = batch',
          'size = len(next(iter(inputs.values())))',
          'total = 0.0',
          `part_size = math.ceil(size / ${accumulate})`,
          'for start in range(0, size, part_size):',
          '    part = [{name: value[start : start + part_size] for name, value in values.items()} for values in batch]',
          '    inputs, targets = part',
          '    share_of_batch = len(next(iter(inputs.values()))) / size',
          '    last = start + part_size >= size',
          '    # Processes need to agree on the last part only.',
          '    alone = not last and hasattr(model, "no_sync")',
          '    with model.no_sync() if alone else contextlib.nullcontext():',
          ...loss.map((line) => `        ${line}`),
          `        ${backward('loss * share_of_batch')}`,
          '    total = total + loss.detach() * share_of_batch',
        ];
  return [
    `def take_step(${signature}):`,
    '    """One step of the optimizer on a batch; returns the loss."""',
    '    model.train()',
    '    optimizer.zero_grad(set_to_none=True)',
    ...(accumulate === 1 ? ['    inputs, targets = batch'] : []),
    ...gradients.map((line) => `    ${line}`),
    ...(scales && clip.length > 0 ? ['    scaler.unscale_(optimizer)'] : []),
    ...clip.map((line) => `    ${line}`),
    ...(scales
      ? [
          '    # A step whose gradients are not finite is not taken.',
          '    scaler.step(optimizer)',
          '    scaler.update()',
        ]
      : ['    optimizer.step()']),
    ...(averaging?.kind === 'ema'
      ? ['    averaged.update_parameters(model.module if hasattr(model, "module") else model)']
      : []),
    '    return total',
  ].join('\n');
}

function evaluating({ outputs, training }: LoopOrder): string {
  const [first] = outputs;
  if (first === undefined) throw new Error('A network without an output that learns is not trained');
  const differs = outputs.some(({ parameters, trained }) => JSON.stringify(parameters) !== JSON.stringify(trained));
  const balanced = training.classWeights?.kind === 'balanced';
  return `@torch.no_grad()
def evaluate(model, batches, device):
    """Loss and ${measureWords(first).title} on samples that are not learned from; all processes measure their share of them."""
    model.eval()
    sums, loss, count = torch.zeros(${measureSums(first)}, device=device), torch.zeros((), device=device), 0
    for inputs, targets in batches:
        inputs, targets = to_device(inputs, device), to_device(targets, device)
        results = predict(model, inputs)
        size = len(next(iter(inputs.values())))
        loss += loss_of(results, targets${differs || balanced ? ', training=False' : ''}) * size
        count += size
        sums += measure_sums(results, targets)
    totals = torch.cat((sums, torch.stack((loss, torch.tensor(float(count), device=device)))))
    if distributed.is_initialized():
        distributed.all_reduce(totals)
    return (totals[-2] / totals[-1]).item(), measure_of(totals[:-2])


def to_device(values, device):
    return {name: value.to(device, non_blocking=True) for name, value in values.items()}`;
}

function epochs({ training }: LoopOrder): string {
  const { schedule } = training;
  const parts: string[] = [];
  parts.push(`class EpochOrder(torch.utils.data.DistributedSampler):
    """The order in which an epoch visits the samples: Skipwire's own; each process takes every so many of them."""

    def __init__(self, samples, rank, world, shuffle=True):
        super().__init__(samples, num_replicas=world, rank=rank, shuffle=shuffle)

    def __iter__(self):
        order = permutation(len(self.dataset), self.epoch) if self.shuffle else numpy.arange(len(self.dataset))
        # So that all have as many, the first come again at the end.
        order = numpy.resize(order, self.total_size)
        return iter(order[self.rank :: self.num_replicas].tolist())`);
  if (schedule.kind === 'plateau') {
    parts.push(`def next_plateau(state, figure):
    """After an epoch (smaller figures are better): \`drops\` says how often the rate was lowered."""
    best, waited, drops = state
    if best is None or figure < best - 1e-4 * abs(best):
        return figure, 0, drops
    return (best, 0, drops + 1) if waited + 1 > ${schedule.patience} else (best, waited + 1, drops)`);
  }
  return parts.join('\n\n\n');
}

function main(order: LoopOrder): string {
  const { training, outputs, decodesImages, frozen } = order;
  const [first] = outputs;
  if (first === undefined) throw new Error('A network without an output that learns is not trained');
  const { title, better } = measureWords(first);
  const {
    averaging,
    classWeights,
    schedule,
    earlyStopping,
    checkpointEvery = 0,
    stratified,
    accumulate = 1,
  } = training;
  const usesAverage = averaging?.kind === 'ema';
  const balanced = classWeights?.kind === 'balanced';
  const standardized = training.normalization === 'standardize';
  const judged = training.judgedBy !== 'measure' ? 'validation_loss' : better === 'higher' ? '-measure' : 'measure';
  const label = outputs.find(({ data }) => data.kind === 'class');
  const classes = stratified === true ? `, columns[${pythonString(label?.data.name ?? '')}]` : '';
  const measuredModel = usesAverage ? 'averaged.module' : 'model';
  const plateau = schedule.kind === 'plateau';
  const scales = training.precision === 'float16';
  const patience = earlyStopping?.kind === 'patience' ? earlyStopping : undefined;
  const stepArguments = [
    'parallel',
    'optimizer',
    'batch',
    ...(usesAverage ? ['averaged'] : []),
    ...(balanced ? ['class_weights'] : []),
    ...(scales ? ['scaler'] : []),
  ].join(', ');
  const augmented = training.augmentation !== undefined && Object.keys(training.augmentation).length > 0;
  return `def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\\n")[0])
    parser.add_argument("--data", default=DATA, help="where the samples are")
    parser.add_argument("--weights", help="a safetensors file to begin with instead of chance")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("run"), help="folder for checkpoints")
    parser.add_argument("--resume", action="store_true", help="goes on from the last checkpoint of the folder")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--steps", type=int, help="ends after so many steps, to try things out")
    parser.add_argument("--no-shuffle", action="store_true", help="visits the samples in their order")
    parser.add_argument("--log-every", type=int, default=50, help="steps between two lines")
    parser.add_argument("--workers", type=int, default=${decodesImages ? 4 : 0}, help="processes that prepare samples")
    options = parser.parse_args()

    # torchrun says which of how many processes this is.
    world = int(os.environ.get("WORLD_SIZE", "1"))
    if world > 1:
        distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    rank = distributed.get_rank() if world > 1 else 0
    local = int(os.environ.get("LOCAL_RANK", "0"))
    device = torch.device("cuda", local) if torch.cuda.is_available() else torch.device("cpu")
    torch.manual_seed(SEED + rank)
${training.deterministic === true ? '    torch.use_deterministic_algorithms(True, warn_only=True)\n' : ''}    if STEP_SIZE % world:
        raise SystemExit(f"{STEP_SIZE} samples a step cannot be shared by {world} processes.")

    columns, parts = load_data(options.data)
    samples = ${sampleCountOf(order)}
    train, validation = split(samples, parts${classes})
${
  standardized
    ? `    normalization = measure_inputs(Samples(columns, train))
`
    : ''
}    learned = Samples(columns, train${augmented ? ', varied=True' : ''}${standardized ? ', normalization=normalization' : ''})
    measured = Samples(columns, validation[rank::world]${standardized ? ', normalization=normalization' : ''})
    order = EpochOrder(learned, rank, world, shuffle=not options.no_shuffle)
    loading = {
        "num_workers": options.workers,
        "persistent_workers": options.workers > 0,
        "pin_memory": device.type == "cuda",
    }
    batches = torch.utils.data.DataLoader(learned, STEP_SIZE // world, sampler=order, **loading)
    held_batches = torch.utils.data.DataLoader(measured, max(64, BATCH_SIZE), **loading)
${
  balanced && label !== undefined
    ? `    class_weights = balanced_weights(numpy.asarray(columns[${pythonString(label.data.name)}])[train], ${label.target.choices ?? 0}).to(device)
`
    : ''
}
    model = create_model(options.weights).to(device)
${
  frozen.length > 0
    ? `    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name not in FROZEN)
`
    : ''
}    if world > 1 and device.type == "cuda":
        # Each process sees its part of a batch only: norms must measure all of it together.
        model = nn.SyncBatchNorm.convert_sync_batchnorm(model)
    optimizer = create_optimizer(model)
${
  usesAverage
    ? `    averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(${averaging.decay}), use_buffers=True)
`
    : ''
}${scales ? '    # Small gradients vanish in float16: the loss is multiplied while it is differentiated.\n    scaler = torch.amp.GradScaler(device.type)\n' : ''}    # Where a run stands, beside its weights.
    state = {"epoch": 0, "step": 0, "best": None${plateau ? ', "plateau": (None, 0, 0)' : ''}${patience === undefined ? '' : ', "patience": (None, 0)'}}
    last = options.out / "last.pt"
    if options.resume:
        kept = torch.load(last, map_location=device)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
${usesAverage ? '        averaged.load_state_dict(kept["averaged"])\n' : ''}${scales ? '        scaler.load_state_dict(kept["scaler"])\n' : ''}        state = kept["state"]
    parallel = model
    if world > 1:
        devices = [local] if device.type == "cuda" else None
        parallel = nn.parallel.DistributedDataParallel(model, device_ids=devices)

    def log(line):
        if rank == 0:
            print(line, flush=True)

    def save(name):
        """Weights alone, as \`create_model\` takes them."""
        tensors = {key: value.contiguous() for key, value in ${measuredModel}.state_dict().items()}
        save_file(tensors, options.out / f"{name}.safetensors")

    options.out.mkdir(parents=True, exist_ok=True)
    log(f"{len(train)} samples to learn from, {len(validation)} to measure on, {world} process(es) on {device.type}")
    while state["epoch"] < options.epochs:
        order.set_epoch(state["epoch"])
        total, count = 0.0, 0
        for inputs, targets in batches:
            size = len(next(iter(inputs.values())))
            rate = learning_rate(state["step"], len(batches)${plateau ? ', state["plateau"][2]' : ''})
            for group in optimizer.param_groups:
                group["lr"] = rate
            batch = to_device(inputs, device), to_device(targets, device)
            loss = take_step(${stepArguments})
            if not torch.isfinite(loss):
                raise SystemExit(f"The loss became {loss.item()} at step {state['step'] + 1}: lower the learning rate.")
            total, count, state["step"] = total + loss * size, count + size, state["step"] + 1
            if state["step"] % options.log_every == 0:
                if world > 1:
                    distributed.all_reduce(loss)
                log(f"step {state['step']}: loss {loss.item() / world:.7g}, rate {rate:.3g}")
            if state["step"] == options.steps:
                if rank == 0:
                    save("last")
                return

        validation_loss, measure = evaluate(${measuredModel}, held_batches, device)
        judged = ${judged}
        better = state["best"] is None or judged < state["best"]
        state["epoch"] += 1
        log(
            f"epoch {state['epoch']}: loss {(total / count).item():.7g}, validation loss {validation_loss:.7g}, "
            f"${title} {measure:.4f}{' (best)' if better else ''}"
        )
        if better:
            state["best"] = judged
${plateau ? '        state["plateau"] = next_plateau(state["plateau"], judged)\n' : ''}${
    patience === undefined
      ? ''
      : `        least, waited = state["patience"]
        improves = least is None or judged < least - ${patience.minimumGain}
        state["patience"] = (judged, 0) if improves else (least, waited + 1)
`
  }        if rank == 0:
            if better:
                save("best")
${
  checkpointEvery > 0
    ? `            if state["epoch"] % ${checkpointEvery} == 0:
                save(f"epoch-{state['epoch']:04d}")
`
    : ''
}            kept = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "state": state}
${usesAverage ? '            kept["averaged"] = averaged.state_dict()\n' : ''}${scales ? '            kept["scaler"] = scaler.state_dict()\n' : ''}            # Never half-written: a run that is killed here still has the one before.
            torch.save(kept, last.with_suffix(".part"))
            os.replace(last.with_suffix(".part"), last)
${
  patience === undefined
    ? ''
    : `        if state["patience"][1] >= ${patience.epochs}:
            log("The validation gets no better: the run ends here.")
            break
`
}    if world > 1:
        distributed.destroy_process_group()


if __name__ == "__main__":
    main()`.replaceAll('STEP_SIZE', accumulate === 1 ? 'BATCH_SIZE' : 'STEP_SIZE');
}

/** How many samples there are: of a text, the windows that do not overlap. */
function sampleCountOf({ inputs }: LoopOrder): string {
  const [first] = inputs;
  if (first === undefined) throw new Error('A network without an input is not trained');
  const { data, type } = first;
  const column = `len(columns[${pythonString(data.name)}])`;
  return data.kind === 'text' ? `(${column} - 1) // ${type.axes[0]?.size ?? 1}` : column;
}
