/** Puts an entry last in a bounded map and drops the first one if the map is over capacity. */
export const putNewest = <K, V>(
  map: Map<K, V>,
  [key, value]: readonly [key: NoInfer<K>, value: NoInfer<V>],
  capacity: number,
): void => {
  map.delete(key)
  map.set(key, value)
  const oldest = map.keys().next()
  if (map.size > capacity && !oldest.done) map.delete(oldest.value)
}
