import { loadSome, storeSome } from './lanes';
import { erf, exp, log, sigmoid, tanh } from './mathematics';

/** The codes are those of `unaryOperations`. */
@inline
function compute(operation: i32, x: v128): v128 {
  switch (operation) {
    case 0: return f32x4.neg(x);
    case 1: return exp(x);
    case 2: return log(x);
    case 3: return f32x4.sqrt(x);
    case 4: return f32x4.div(f32x4.splat(1), f32x4.sqrt(x));
    case 5: return f32x4.mul(x, x);
    // Not-a-number passes, and -0 becomes 0.
    case 6: return v128.andnot(x, f32x4.le(x, f32x4.splat(0)));
    case 7: return sigmoid(x);
    case 8: return tanh(x);
    default: return erf(x);
  }
}

@inline
function run(operation: i32, x: usize, y: usize, count: i32): void {
  for (; count >= 4; count -= 4) {
    v128.store(y, compute(operation, v128.load(x)));
    x += 16;
    y += 16;
  }
  if (count > 0) storeSome(y, compute(operation, loadSome(x, count)), count);
}

export function unary(operation: i32, x: usize, y: usize, count: i32): void {
  // A loop of its own for each: the operation is constant in it.
  switch (operation) {
    case 0: return run(0, x, y, count);
    case 1: return run(1, x, y, count);
    case 2: return run(2, x, y, count);
    case 3: return run(3, x, y, count);
    case 4: return run(4, x, y, count);
    case 5: return run(5, x, y, count);
    case 6: return run(6, x, y, count);
    case 7: return run(7, x, y, count);
    case 8: return run(8, x, y, count);
    default: return run(9, x, y, count);
  }
}
