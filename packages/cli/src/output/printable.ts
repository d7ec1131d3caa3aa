const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** Control characters could move the cursor or rewrite what stands on the terminal. */
export const printable = (text: string): string => text.replace(unprintable, "\u{fffd}")

/** One line of JSON that says the same, with what is not printable escaped. */
export const printableJson = (value: object): string => JSON.stringify(value).replace(unprintable, escaped)

const escaped = (character: string): string =>
  character
    .split("")
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("")
