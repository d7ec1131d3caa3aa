/** Puts an entry behind all others of a bounded map; the first of them makes room when there are too many. */
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
