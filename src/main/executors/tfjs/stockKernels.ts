/**
 * The kernels of TensorFlow.js that programs may reach. It is a list of what is allowed, as some of the others are wrong on some
 * backend: MaxPoolGrad where a maximum is not above zero, AvgPoolGrad with padding, Dilation2D, the gradients of Conv3D, OneHot
 * of floats.
 */
export const stockKernels = [
  'Add',
  'ArgMax',
  'Cast',
  'Concat',
  'Equal',
  'Erf',
  'Exp',
  'GatherV2',
  'Greater',
  'GreaterEqual',
  'Log',
  'Max',
  'Maximum',
  'Minimum',
  'Multiply',
  'Neg',
  'NotEqual',
  'PadV2',
  'RealDiv',
  'Relu',
  'Rsqrt',
  'Select',
  'Sigmoid',
  'Slice',
  'Sqrt',
  'StridedSlice',
  'Sub',
  'Sum',
  'Tanh',
  'Transpose',
] as const;

/** The name of a kernel that programs may reach. */
export type StockKernel = (typeof stockKernels)[number];
