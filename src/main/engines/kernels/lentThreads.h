// Gives oneDNN the threads of our own kernels.
#pragma once

namespace skipwire {

// From now on kernels of TensorFlow that the calling thread runs share their work with the team. For a thread that runs one kernel
// at a time; those of other threads keep TensorFlow's own pool.
void lendThreads();

}  // namespace skipwire
