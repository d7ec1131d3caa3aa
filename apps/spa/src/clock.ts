/** The clock of this page, which a person can move on to see what happens. */
export const makeClock = (ahead: number) => {
  let offset = ahead
  return {
    now: (): number => Date.now() + offset,
    moveOn: (millis: number): void => {
      offset += millis
      // as when the machine has slept
      window.dispatchEvent(new Event("pageshow"))
    },
  }
}

export type PageClock = ReturnType<typeof makeClock>
