import * as CliError from "effect/cli/CliError"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { CommandError } from "../command-error.ts"
import { fromEnvironment, variableOf } from "./environment.ts"

/** An option that is an argument or, without one, a variable of the environment. */
export type Setting<A> = Flag.Flag<A>

/** An option with any text as its value. */
export const text = (name: string, metavar: string, description: string): Setting<string | undefined> =>
  orVariable(described(Flag.String(name).pipe(Flag.withMetavar(metavar)), name, description), {
    name,
    read: (value) => value,
    expected: "a text",
  })

/** A repeatable option; in the environment its values are separated by spaces. */
export const list = (name: string, metavar: string, description: string): Setting<ReadonlyArray<string>> =>
  described(Flag.String(name).pipe(Flag.withMetavar(metavar)), name, `${description}; repeatable`).pipe(
    Flag.atLeast(0),
    Flag.map((values) => (values.length > 0 ? values : words(fromEnvironment(name)))),
  )

/** An option with one of these words as its value. */
export const choice = <const Choice extends string>(
  name: string,
  choices: ReadonlyArray<Choice>,
  description: string,
): Setting<Choice | undefined> =>
  orVariable(described(Flag.Literals(name, choices).pipe(Flag.withMetavar("NAME")), name, description), {
    name,
    read: (value) => choices.find((choice) => choice === value),
    expected: `one of ${choices.join(", ")}`,
  })

/** An option that is a number above 0. */
export const positive = (name: string, metavar: string, description: string): Setting<number | undefined> =>
  number({ name, metavar, description }, { valid: (value) => value > 0, expected: "a number above 0" })

/** An option that is a number, 0 or above. */
export const atLeastZero = (name: string, metavar: string, description: string): Setting<number | undefined> =>
  number({ name, metavar, description }, { valid: (value) => value >= 0, expected: "a number from 0" })

/** An option that only an argument can give. */
export const flag = (name: string, description: string): Flag.Flag<boolean> =>
  Flag.Boolean(name).pipe(Flag.withoutNegation, Flag.withDescription(description), Flag.withDefault(false))

/** An option without a value. */
export const toggle = (name: string, description: string): Setting<boolean> =>
  orVariable(described(Flag.Boolean(name).pipe(Flag.withoutNegation), name, description), {
    name,
    read: (value) => booleans.get(value.toLowerCase()),
    expected: "1 or 0",
  }).pipe(Flag.map((value) => value === true))

const booleans: ReadonlyMap<string, boolean> = new Map([
  ["1", true],
  ["true", true],
  ["yes", true],
  ["0", false],
  ["false", false],
  ["no", false],
])

const described = <A>(flag: Flag.Flag<A>, name: string, description: string): Flag.Flag<A> =>
  Flag.withDescription(flag, `${description} [${variableOf(name)}]`)

interface Described {
  readonly name: string
  readonly metavar: string
  readonly description: string
}

interface Range {
  readonly valid: (value: number) => boolean
  readonly expected: string
}

const number = ({ name, metavar, description }: Described, { valid, expected }: Range): Setting<number | undefined> =>
  orVariable(
    described(Flag.Finite(name).pipe(Flag.withMetavar(metavar)), name, description).pipe(
      Flag.filter(valid, () => expected),
    ),
    {
      name,
      read: (value) => (Number.isFinite(Number(value)) && valid(Number(value)) ? Number(value) : undefined),
      expected,
    },
  )

interface Variable<A> {
  readonly name: string
  readonly read: (value: string) => A | undefined
  readonly expected: string
}

const orVariable = <A>(flag: Flag.Flag<A>, variable: Variable<A>): Setting<A | undefined> =>
  flag.pipe(
    Flag.optional,
    Flag.mapEffect((given) => (Option.isSome(given) ? Effect.succeed(given.value) : readVariable(variable))),
  )

const readVariable = <A>({ name, read, expected }: Variable<A>): Effect.Effect<A | undefined, CliError.CliError> => {
  const value = fromEnvironment(name)
  if (value === undefined) return Effect.succeed(undefined)
  const parsed = read(value)
  if (parsed !== undefined) return Effect.succeed(parsed)
  const cause = new CommandError({
    code: "invalid_options",
    what: `The variable ${variableOf(name)} has a value that --${name} does not take.`,
    fix: `Set it to ${expected}, or remove it.`,
  })
  return Effect.fail(new CliError.UserError({ cause }))
}

const words = (value: string | undefined): ReadonlyArray<string> =>
  value === undefined ? [] : value.trim().split(/\s+/)
