/** What the claims of tokens say, for people. */
export const claimWords: Readonly<Record<string, string>> = {
  iss: "The issuer that signed it",
  sub: "Whom it is about; never changes",
  aud: "Whom it is for; others refuse it",
  exp: "When it ends",
  iat: "When it was issued",
  nbf: "From when on it is valid",
  auth_time: "When the person signed in",
  jti: "Its own name, as the issuer logged it",
  client_id: "The application that asked for it",
  azp: "The application that asked for it",
  scope: "What may be done with it",
  act: "Who acts for the person, the latest first",
  may_act: "Who alone may act for the person",
  exchanged_from: "The tokens it was traded for",
  acr: "How strongly the person signed in",
  amr: "By which means the person signed in",
  sid: "The person's session at the issuer",
  nonce: "Ties it to this browser's sign-in",
  at_hash: "Ties it to the access token that came with it",
  name: "The person's name",
  nickname: "What the person is called",
  email: "The person's e-mail address",
  email_verified: "Whether the issuer has checked that address",
  preferred_username: "What the person signs in as",
  picture: "The person's picture",
  cnf: "The key that whoever sends it must prove to have",
}

/** Which claims are points in time. */
export const timeClaims: ReadonlySet<string> = new Set(["exp", "iat", "nbf", "auth_time"])
