/** What `bearerkit call --help` says before the options. */
export const description = `Call an API with a token: the body of the answer on stdout, everything else on stderr.

  The token is sent to this URL only: a redirect is refused. A 401 is retried once with a new token.
  Headers with secrets, and data, come from files or stdin, never from arguments.

  Exit codes by the API's status: 0 below 400, 4 for 401 and 403, 5 for 429, 6 for 408 and 500 and above,
  8 for any other from 400. The body is printed whatever the status. Other exit codes are as for bearerkit token.`

export const examples = [
  {
    description: "As a service account, or as who is signed in",
    command: "bearerkit call https://api.example/orders --audience https://api.example",
  },
  {
    description: "Send JSON from a pipe",
    command: "echo '{\"item\":1}' | bearerkit call https://api.example/orders -d - --audience https://api.example",
  },
  {
    description: "On behalf of somebody whose token is in a file",
    command: "bearerkit call https://billing.example/invoices --as received-token --audience https://billing.example",
  },
  {
    description: "With status and headers",
    command: "bearerkit call -i -X DELETE https://api.example/orders/7 --audience https://api.example",
  },
]
