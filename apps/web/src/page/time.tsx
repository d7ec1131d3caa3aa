/** A point in time, in epoch milliseconds, as people read it; one beyond all calendars as it is. */
export const Time = ({ at }: { readonly at: number }) => {
  if (Math.abs(at) > lastDay) return <>{String(at)}</>
  const text = new Date(at).toISOString()
  return <time datetime={text}>{`${text.slice(0, 10)} ${text.slice(11, 19)} UTC`}</time>
}

/** ECMA-262 §21.4.1.1 */
const lastDay = 8.64e15

/** How long, as people say it. */
export const duration = (ms: number): string => {
  const seconds = Math.round(ms / 1000)
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`
  return `${Math.round(seconds / 86_400)} days`
}
