import { multiplyAdd, read, write } from './lanes';

export function applyGradientDescent(variable: usize, gradient: usize, count: i32, rate: f32): void {
  const step = f32x4.splat(-rate);
  for (let i = 0; i < count; i += 4) {
    const lanes = min(count - i, 4);
    write(variable, multiplyAdd(step, read(gradient, lanes), read(variable, lanes)), lanes);
    variable += 16;
    gradient += 16;
  }
}

export function applyMomentum(
  variable: usize, slot: usize, gradient: usize, count: i32, rate: f32, momentum: f32, nesterov: bool,
): void {
  const step = f32x4.splat(-rate), kept = f32x4.splat(momentum);
  for (let i = 0; i < count; i += 4) {
    const lanes = min(count - i, 4);
    const g = read(gradient, lanes);
    const moved = multiplyAdd(kept, read(slot, lanes), g);
    write(slot, moved, lanes);
    const direction = nesterov ? multiplyAdd(kept, moved, g) : moved;
    write(variable, multiplyAdd(step, direction, read(variable, lanes)), lanes);
    variable += 16;
    slot += 16;
    gradient += 16;
  }
}

export function applyAdam(
  variable: usize, first: usize, second: usize, gradient: usize, count: i32,
  rate: f64, beta1: f64, beta2: f64, epsilon: f64, beta1Power: f64, beta2Power: f64,
): void {
  const step = f32x4.splat(<f32>(-rate / (1 - beta1Power)));
  const correction = f32x4.splat(<f32>(1 / Math.sqrt(1 - beta2Power)));
  const kept1 = f32x4.splat(<f32>beta1), new1 = f32x4.splat(<f32>(1 - beta1));
  const kept2 = f32x4.splat(<f32>beta2), new2 = f32x4.splat(<f32>(1 - beta2));
  const apart = f32x4.splat(<f32>epsilon);
  for (let i = 0; i < count; i += 4) {
    const lanes = min(count - i, 4);
    const g = read(gradient, lanes);
    const mean = multiplyAdd(kept1, read(first, lanes), f32x4.mul(new1, g));
    const squares = multiplyAdd(kept2, read(second, lanes), f32x4.mul(new2, f32x4.mul(g, g)));
    write(first, mean, lanes);
    write(second, squares, lanes);
    const root = multiplyAdd(f32x4.sqrt(squares), correction, apart);
    write(variable, f32x4.add(read(variable, lanes), f32x4.div(f32x4.mul(step, mean), root)), lanes);
    variable += 16;
    first += 16;
    second += 16;
    gradient += 16;
  }
}
