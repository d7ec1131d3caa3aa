/** What `bearerkit login --help` says before the options. */
export const description = `Sign in with a browser, on this machine or on another, and keep the login.

  bearerkit token, call and whoami then act for the person who signed in, until bearerkit logout.
  The issuer must know the redirect URI http://127.0.0.1/callback as that of a native app, for any port.
  The login is kept in this user's private files (0600), one for each issuer, client and account.
  stdout says who signed in; the URL to open, if it has to be shown, goes to stderr.`

export const examples = [
  {
    description: "The system's browser opens and comes back",
    command: "bearerkit login --issuer https://issuer.example --client-id desktop --audience https://api.example",
  },
  { description: "On a machine without a browser", command: "bearerkit login --device --client-id tv" },
  {
    description: "Then, in scripts of the same user",
    command: "bearerkit token --header --audience https://api.example | curl -H @- https://api.example/orders",
  },
]
