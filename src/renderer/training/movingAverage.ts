/** An exponential moving average without the bias of its start: it begins at its first value. 0 changes nothing. */
export function createMovingAverage(smoothing: number): (value: number) => number {
  let [average, bias] = [0, 1];
  return (value) => {
    if (smoothing <= 0) return value;
    average = average * smoothing + value * (1 - smoothing);
    bias *= smoothing;
    return average / (1 - bias);
  };
}
