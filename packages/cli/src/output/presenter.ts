import * as CliOutput from "effect/cli/CliOutput"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { printNotice, printResult } from "./write.ts"

/** Prints help and version as results; errors in the arguments are left to the report. */
export const presenter: Layer.Layer<never> = CliOutput.layerPresenter({
  present: (event) => {
    switch (event._tag) {
      case "Version":
        return Effect.ignore(printResult(event.version))
      case "InvalidInvocation":
        return Effect.void
      case "Help":
        return event.reason === "Requested"
          ? Effect.ignore(printResult(help(event, process.stdout)))
          : printNotice(help(event, process.stderr))
    }
  },
})

const help = ({ helpDoc }: CliOutput.Presenter.Help, stream: NodeJS.WriteStream): string =>
  CliOutput.defaultFormatter({ colors: stream.isTTY && stream.hasColors() }).formatHelpDoc(helpDoc)
