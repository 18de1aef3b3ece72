import { describeExecutor } from './testing/describeExecutor.ts';
import { openTensorflowExecutor } from './tensorflowExecutor.ts';

describeExecutor('TensorFlow', openTensorflowExecutor);
