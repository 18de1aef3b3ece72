export { matMul, matMulScratch } from './matMul';
