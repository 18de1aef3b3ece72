import { forwardScratch } from './conv2d';
import { filterScratch } from './conv2dBackpropFilter';
import { inputScratch } from './conv2dBackpropInput';

/** Bytes that the forward pass (0), the one for the input (1) or for the filter (2) wants. */
export function convolutionScratch(pass: i32): i32 {
  return pass === 0 ? forwardScratch() : pass === 1 ? inputScratch() : filterScratch();
}
