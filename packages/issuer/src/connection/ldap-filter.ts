const SPECIAL: Readonly<Record<string, string>> = { "\\": "\\5c", "*": "\\2a", "(": "\\28", ")": "\\29", "\0": "\\00" }

/** Escapes a value of a search filter once (RFC 4515 §3). */
export const escapeFilterValue = (value: string): string =>
  value.replace(/[\\*()\0]/g, (character) => SPECIAL[character] ?? "")

/** Puts a user name into a filter such as `(uid={0})`. */
export const filterFor = (template: string, username: string): string =>
  template.replaceAll("{0}", () => escapeFilterValue(username))
