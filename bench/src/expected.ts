/** What the tokens say, and what everybody demands of them. */
export const issuer = "https://issuer.example"
export const audience = "https://api.example"
