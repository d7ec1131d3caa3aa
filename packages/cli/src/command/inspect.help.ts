/** What `bearerkit inspect --help` says before the options. */
export const description = `Explain a token: what each claim means, and what is wrong with it, in words.

  The token is never an argument: it comes from stdin, BEARERKIT_TOKEN or --token-file FILE. It is not printed.
  With --issuer its signature is checked with the issuer's keys; with --keys-file with a JWK Set; with the secret in
  BEARERKIT_CLIENT_SECRET if it is signed with one (HS256). Otherwise it says "not verified": then do not trust it.
  The address of keys is never taken from the token.

  Exit codes: 0 nothing wrong was found, verified or not (see "verified" of --json); 4 something is wrong; 6 the keys
  cannot be fetched.`

export const examples = [
  {
    description: "The token that a command gets",
    command: "bearerkit token --audience https://api.example | bearerkit inspect --issuer https://issuer.example",
  },
  {
    description: "Would this API accept it?",
    command: "bearerkit inspect --token-file received --issuer https://issuer.example --audience https://api.example",
  },
  { description: "In a script", command: "bearerkit inspect --json --token-file received | jq .verified" },
]
