/** A configuration that runs as it is. */
const SAMPLE = `{
  "clients": [
    {
      "id": "service",
      "secret": "change-me-to-at-least-32-bytes-0123456789",
      "grants": ["client_credentials", "password-realm", "oauth-ro"]
    }
  ],
  "apis": [{ "audience": "https://api.example/orders", "scopes": ["read", "write"] }],
  "connections": [
    {
      "name": "users",
      "strategy": "database",
      "users": [{ "username": "alice", "password": "correct horse", "email": "alice@example.test" }]
    }
  ]
}`

export const HELP = `bearerkit-issuer --config FILE [--port N] [--host H]

An authorization server for development and tests. Not for production.

  --config FILE  the configuration: .json, or .js, .mjs, .ts with a default export
  --port N       the port, 0 for a free one (default 3999)
  --host H       the address to listen on (default 127.0.0.1)
  --version      the version
  --help         this text

Exit codes: 0 stopped, 2 wrong use, 6 cannot listen, 7 wrong configuration.

A configuration to begin with, issuer.json:

${SAMPLE}
`
