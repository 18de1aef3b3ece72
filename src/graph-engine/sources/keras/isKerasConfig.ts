/** Whether a text is the configuration of a Keras or TensorFlow.js model. */
export function isKerasConfig(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return (
      typeof value === 'object' &&
      value !== null &&
      ['class_name', 'modelTopology', 'model_config'].some((key) => key in value)
    );
  } catch {
    return false;
  }
}
