import * as Runtime from "effect/Runtime"
import { constants } from "node:os"

/**
 * Runs the command as what this process is for. A signal to end interrupts it, so that it gives back what it holds, and
 * the exit code is the one by which shells tell of the signal.
 */
export const runMain = Runtime.makeRunMain(({ fiber, teardown }) => {
  let received: NodeJS.Signals | undefined
  const interrupt = (signal: NodeJS.Signals): void => {
    received ??= signal
    fiber.interruptUnsafe(fiber.id)
  }
  for (const signal of signals) process.on(signal, interrupt)
  fiber.addObserver((exit) => {
    for (const signal of signals) process.off(signal, interrupt)
    teardown(exit, (code) => {
      // what was finished all the same was not interrupted
      if (received !== undefined && code === interrupted) process.exit(128 + constants.signals[received])
      if (received !== undefined || code !== 0) process.exit(code)
    })
  })
})

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const

/** As `Runtime.defaultTeardown` has it. */
const interrupted = 130
