/** Seconds in words, in the largest unit of which there are at least two. */
export const durationText = (seconds: number): string => {
  const [unit, size] = units.find(([, each]) => seconds >= 2 * each) ?? ["s", 1]
  return `${Math.floor(seconds / size)} ${unit}`
}

const units = [
  ["days", 86_400],
  ["h", 3600],
  ["min", 60],
] as const
