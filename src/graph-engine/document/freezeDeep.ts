/** Freezes plain data through and through. What is frozen already is taken to be so inside, as all of a document is. */
export function freezeDeep<Data extends object>(data: Data): Data {
  if (Object.isFrozen(data)) return data;
  Object.freeze(data);
  for (const key in data) {
    const inside = data[key];
    if (typeof inside === 'object' && inside !== null) freezeDeep(inside);
  }
  return data;
}
