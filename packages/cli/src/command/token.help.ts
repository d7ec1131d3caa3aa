/** What `bearerkit token --help` says before the options. */
export const description = `Get a token and print it: the token alone on stdout, everything else on stderr.

  Every option with a [NAME] can come from that variable of the environment; arguments win.
  Secrets are never arguments. Each comes from a variable or from a file (- reads stdin), and the file wins:
    the client secret   BEARERKIT_CLIENT_SECRET   --client-secret-file FILE
    the password        BEARERKIT_PASSWORD        --password-file FILE
    the private key     BEARERKIT_PRIVATE_KEY     --private-key-file FILE
  A missing password is prompted for, if there is a terminal.

  Exit codes: 0 ok, 2 wrong usage, 3 somebody must act, 4 denied or wrong credentials, 5 throttled,
  6 network, 7 wrong configuration, 130 Ctrl-C (143 SIGTERM, 129 SIGHUP).`

/** Worked examples, from the everyday one to the old ones. */
export const examples = [
  {
    description: "A service account; the secret is in BEARERKIT_CLIENT_SECRET",
    command: "bearerkit token --issuer https://issuer.example --client-id reports --audience https://api.example",
  },
  {
    description: "Call an API with curl: the token is in no process list (issuer and client from the environment)",
    command: "bearerkit token --header --audience https://api.example | curl -H @- https://api.example/orders",
  },
  {
    description: "The client's key instead of a secret",
    command: "bearerkit token --client-id robot --private-key-file robot.pem --scope 'read write'",
  },
  {
    description: "The secret from a password manager",
    command: "pass show reports | bearerkit token --client-id reports --client-secret-file - --json",
  },
  {
    description: "For somebody the client vouches for (RFC 7523)",
    command: "bearerkit token --flow jwt-bearer --subject alice --private-key-file robot.pem",
  },
  {
    description: "A job at GitHub Actions that has permissions: { id-token: write }, without any secret",
    command: "bearerkit token --flow github-actions --client-id deploy --audience https://api.example",
  },
  {
    description: "A pod of Kubernetes, by its projected service account token",
    command:
      "bearerkit token --flow kubernetes --subject system:serviceaccount:shop:reporter --assertion-file /var/run/secrets/tokens/issuer",
  },
  {
    description: "An old service account in a user directory, with nobody present",
    command:
      "bearerkit token --flow oauth-ro --connection users --username batch --password-file /run/secrets/batch --no-input",
  },
]
