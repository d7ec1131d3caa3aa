/**
 * A few bytes, such as a hash, as base64url without padding.
 *
 * @see RFC 4648 §5, RFC 7515 §2
 */
export const encodeBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "")
