import { DataType } from '../../protobuf/generated/tensorflow_pb.js';
import { type } from '../attributes.ts';
import type { Emitters } from '../emitContext.ts';

/** TensorFlow's number of the Philox generator. */
const PHILOX = 1;

export const random = {
  // The layout of key and counter is the one of `random/philox.ts`.
  randomUniform: (c, [seed], { dims, stream }) => {
    const key = c.once(`key of ${seed.ref}`, () =>
      c.node(
        'Bitcast',
        [c.node('Reshape', [seed.ref, c.integers([1, 2])], { T: type('int32'), Tshape: type('int32') })],
        { T: type('int32'), type: type(DataType.DT_UINT64) },
      ),
    );
    return [
      c.node('StatelessRandomUniformV2', [c.shapeOf(dims), key, c.longs([0, stream]), c.integer(PHILOX)], {
        dtype: type('float32'),
        Tshape: type('int32'),
      }),
    ];
  },
} satisfies Emitters<'randomUniform'>;
