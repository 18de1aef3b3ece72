export { conv2d } from './conv2d';
export { conv2dBackpropFilter } from './conv2dBackpropFilter';
export { conv2dBackpropInput } from './conv2dBackpropInput';
export { convolutionScratch } from './convolutionScratch';
export { convolution } from './geometry';
export { matMul, matMulScratch } from './matMul';
