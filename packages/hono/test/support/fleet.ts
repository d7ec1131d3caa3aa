import type { Issuer } from "@bearerkit/issuer"
import { expect } from "vitest"
import type { WebLoginOptions } from "../../src/index.ts"
import type { Browser } from "./browser.ts"
import { startApp, type TestApp } from "./world.ts"

/** Several processes of one application. */
export interface Fleet extends AsyncDisposable {
  readonly processes: ReadonlyArray<TestApp>
  /** Of a new person, at the first process. */
  readonly browser: () => Browser
  /** Sends a request of a browser so many times at once, to one process after the other. */
  readonly ask: (browser: Browser, path: string, times: number) => Promise<ReadonlyArray<Response>>
}

/** Starts as many as there are options. */
export const startFleet = (issuer: Issuer, options: ReadonlyArray<Partial<WebLoginOptions>>): Fleet => {
  const processes = options.map((each) => startApp(issuer, each))
  const at = (n: number): TestApp => processes[n % processes.length]!
  return {
    processes,
    browser: () => at(0).browser(),
    ask: (browser, path, times) =>
      Promise.all(Array.from({ length: times }, (_, n) => browser.copyAt(at(n).app).get(path))),
    [Symbol.asyncDispose]: async () => {
      for (const each of processes) await each[Symbol.asyncDispose]()
    },
  }
}

/** One renewal serves 20 requests with a token that has ended. */
export const renewsOnce = async (issuer: Issuer, fleet: Fleet, browser: Browser): Promise<void> => {
  const spent = issuer.refreshes.length
  const answers = await fleet.ask(browser, "/token", 20)
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
  expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1)
  expect(issuer.refreshes.length - spent).toBe(1)
}
