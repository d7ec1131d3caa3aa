const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Escapes control characters, which could move the cursor or rewrite the terminal. */
export const printable = (text: string): string => text.replace(unprintable, "\u{fffd}")

/** The value as one line of JSON, with unprintable characters escaped. */
export const printableJson = (value: object): string => JSON.stringify(value).replace(unprintable, escaped)

const escaped = (character: string): string =>
  character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("")
