/**
 * Counts what a device is told to compute from now on, by the names of the shaders. What is told again from a recording is
 * counted as well.
 */
export function countDispatches(device: GPUDevice): Map<string, number> {
  const counts = new Map<string, number>();
  const encode = device.createCommandEncoder.bind(device);
  device.createCommandEncoder = (descriptor) => {
    const encoder = encode(descriptor);
    const begin = encoder.beginComputePass.bind(encoder);
    encoder.beginComputePass = (passDescriptor) => {
      const pass = begin(passDescriptor);
      const [setPipeline, dispatch] = [pass.setPipeline.bind(pass), pass.dispatchWorkgroups.bind(pass)];
      let name = '';
      pass.setPipeline = (pipeline) => {
        name = pipeline.label;
        setPipeline(pipeline);
      };
      pass.dispatchWorkgroups = (x, y, z) => {
        counts.set(name, (counts.get(name) ?? 0) + 1);
        dispatch(x, y, z);
      };
      return pass;
    };
    return encoder;
  };
  return counts;
}
