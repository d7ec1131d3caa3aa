/** Browsers and Workers do not tell a program why it could not reach a server. */
export const whyUnreachable = (_cause: unknown): { readonly detail?: string; readonly fix?: string } => ({})

/** What can be done about it. */
export const toReachIt = "Check the address, that its server is up, and, for a page, CORS."
