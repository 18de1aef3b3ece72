import { multiplyAdd } from './lanes';

/** The exponential: `x = n ln 2 + r`, a polynomial of r, and n as the exponent. Within 2 units of the last place. */
@inline
export function exp(x: v128): v128 {
  // Beyond these the result is infinite or nothing in float32; not-a-number passes through the pseudo minimum and maximum.
  const clamped = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-104)), f32x4.splat(89));
  // Added to 1.5 * 2^23, a number is rounded to a whole one, which is what the bits differ by.
  const anchor = f32x4.splat(12582912);
  const anchored = f32x4.add(f32x4.mul(clamped, f32x4.splat(1.44269504)), anchor);
  const n = f32x4.sub(anchored, anchor);
  // ln 2 in two parts, of which the first has few digits: their products with n are exact.
  let r = multiplyAdd(n, f32x4.splat(-0.693359375), clamped);
  r = multiplyAdd(n, f32x4.splat(2.12194440e-4), r);
  let p = f32x4.splat(1.9875691500e-4);
  p = multiplyAdd(p, r, f32x4.splat(1.3981999507e-3));
  p = multiplyAdd(p, r, f32x4.splat(8.3334519073e-3));
  p = multiplyAdd(p, r, f32x4.splat(4.1665795894e-2));
  p = multiplyAdd(p, r, f32x4.splat(1.6666665459e-1));
  p = multiplyAdd(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(multiplyAdd(p, f32x4.mul(r, r), r), f32x4.splat(1));
  // The power of two in two factors, as n may be less than any exponent of a normal number.
  const whole = i32x4.sub(anchored, anchor);
  const half = i32x4.shr_s(whole, 1);
  const rest = i32x4.sub(whole, half);
  const one = i32x4.splat(127);
  p = f32x4.mul(p, i32x4.shl(i32x4.add(half, one), 23));
  return f32x4.mul(p, i32x4.shl(i32x4.add(rest, one), 23));
}

/** The natural logarithm of the mantissa by a polynomial, plus the exponent times ln 2. */
@inline
export function log(x: v128): v128 {
  // Numbers below the normal ones are made larger first.
  const tiny = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, tiny);
  let exponent = i32x4.sub(i32x4.shr_u(scaled, 23), i32x4.splat(126));
  exponent = i32x4.sub(exponent, v128.and(tiny, i32x4.splat(23)));
  // In [1/2, 1), and from there to [sqrt 1/2, sqrt 2) less one.
  let m: v128 = v128.or(v128.and(scaled, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const low = f32x4.lt(m, f32x4.splat(0.707106781));
  let e: v128 = f32x4.convert_i32x4_s(exponent);
  e = f32x4.sub(e, v128.and(low, f32x4.splat(1)));
  m = f32x4.add(f32x4.sub(m, f32x4.splat(1)), v128.and(low, m));
  const z = f32x4.mul(m, m);
  let p = f32x4.splat(7.0376836292e-2);
  p = multiplyAdd(p, m, f32x4.splat(-1.1514610310e-1));
  p = multiplyAdd(p, m, f32x4.splat(1.1676998740e-1));
  p = multiplyAdd(p, m, f32x4.splat(-1.2420140846e-1));
  p = multiplyAdd(p, m, f32x4.splat(1.4249322787e-1));
  p = multiplyAdd(p, m, f32x4.splat(-1.6668057665e-1));
  p = multiplyAdd(p, m, f32x4.splat(2.0000714765e-1));
  p = multiplyAdd(p, m, f32x4.splat(-2.4999993993e-1));
  p = multiplyAdd(p, m, f32x4.splat(3.3333331174e-1));
  p = f32x4.mul(f32x4.mul(p, m), z);
  p = multiplyAdd(e, f32x4.splat(-2.12194440e-4), p);
  p = multiplyAdd(z, f32x4.splat(-0.5), p);
  p = multiplyAdd(e, f32x4.splat(0.693359375), f32x4.add(m, p));
  // The ends: 0, what is less, infinity and not-a-number.
  p = v128.bitselect(f32x4.splat(-Infinity), p, f32x4.eq(x, f32x4.splat(0)));
  p = v128.bitselect(f32x4.splat(NaN), p, v128.or(f32x4.lt(x, f32x4.splat(0)), f32x4.ne(x, x)));
  return v128.bitselect(x, p, f32x4.eq(x, f32x4.splat(Infinity)));
}

export function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(x))));
}

/** By a series near 0, where the difference of exponentials would cancel, and by `1 - 2 / (exp(2x) + 1)` elsewhere. */
@inline
export function tanh(x: v128): v128 {
  const z = f32x4.mul(x, x);
  let p = f32x4.splat(-5.70498872745e-3);
  p = multiplyAdd(p, z, f32x4.splat(2.06390887954e-2));
  p = multiplyAdd(p, z, f32x4.splat(-5.37397155531e-2));
  p = multiplyAdd(p, z, f32x4.splat(1.33314422036e-1));
  p = multiplyAdd(p, z, f32x4.splat(-3.33332819422e-1));
  const near = multiplyAdd(f32x4.mul(p, z), x, x);
  const power = exp(f32x4.add(x, x));
  const far = f32x4.sub(f32x4.splat(1), f32x4.div(f32x4.splat(2), f32x4.add(power, f32x4.splat(1))));
  return v128.bitselect(near, far, f32x4.lt(f32x4.abs(x), f32x4.splat(0.625)));
}

/**
 * The error function: its series of Taylor below 1, and above it `1 - exp(-x^2) p(1 / (1 + 0.3275911 x))` by the polynomial
 * 7.1.26 of Abramowitz and Stegun, whose error of 1.5e-7 is one unit of the last place of a number near 1.
 */
@inline
export function erf(x: v128): v128 {
  const z = f32x4.mul(x, x);
  // (-1)^n / (n! (2n + 1)), by 2 / sqrt pi.
  let p = f32x4.splat(1.1283791671 / 76204800.0);
  p = multiplyAdd(p, z, f32x4.splat(-1.1283791671 / 6894720.0));
  p = multiplyAdd(p, z, f32x4.splat(1.1283791671 / 685440.0));
  p = multiplyAdd(p, z, f32x4.splat(-1.1283791671 / 75600.0));
  p = multiplyAdd(p, z, f32x4.splat(1.1283791671 / 9360.0));
  p = multiplyAdd(p, z, f32x4.splat(-1.1283791671 / 1320.0));
  p = multiplyAdd(p, z, f32x4.splat(1.1283791671 / 216.0));
  p = multiplyAdd(p, z, f32x4.splat(-1.1283791671 / 42.0));
  p = multiplyAdd(p, z, f32x4.splat(1.1283791671 / 10.0));
  p = multiplyAdd(p, z, f32x4.splat(-1.1283791671 / 3.0));
  p = multiplyAdd(p, z, f32x4.splat(1.1283791671));
  const near = f32x4.mul(p, x);
  const size = f32x4.abs(x);
  const t = f32x4.div(f32x4.splat(1), multiplyAdd(size, f32x4.splat(0.3275911), f32x4.splat(1)));
  let q = f32x4.splat(1.061405429);
  q = multiplyAdd(q, t, f32x4.splat(-1.453152027));
  q = multiplyAdd(q, t, f32x4.splat(1.421413741));
  q = multiplyAdd(q, t, f32x4.splat(-0.284496736));
  q = multiplyAdd(q, t, f32x4.splat(0.254829592));
  q = f32x4.mul(f32x4.mul(q, t), exp(f32x4.neg(z)));
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const far = v128.or(f32x4.sub(f32x4.splat(1), q), sign);
  return v128.bitselect(near, far, f32x4.lt(size, f32x4.splat(1)));
}
