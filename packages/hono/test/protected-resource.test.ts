import { Hono } from "hono"
import { describe, expect, it } from "vitest"
import { BearerError, protectedResource, protectedResourceUrl } from "../src/index.ts"

describe("the metadata of an API (RFC 9728)", () => {
  const resource = "https://api.example/orders"

  it("is a document of its own at the well-known path", async () => {
    const { pathname } = new URL(protectedResourceUrl(resource))
    expect(pathname).toBe("/.well-known/oauth-protected-resource/orders")
    const metadata = {
      resource,
      authorizationServers: ["https://issuer.example"],
      scopesSupported: [],
      bearerMethodsSupported: ["header"],
      dpopSigningAlgValuesSupported: ["ES256"],
      dpopBoundAccessTokensRequired: false,
      resourceName: undefined,
    } as const
    const response = await new Hono().get(pathname, protectedResource(metadata)).request(pathname)
    expect(response.headers.get("content-type")).toMatch(/^application\/json/)
    expect(response.headers.get("access-control-allow-origin")).toBe("*")
    expect(await response.json()).toEqual({
      resource,
      authorization_servers: ["https://issuer.example"],
      bearer_methods_supported: ["header"],
      dpop_signing_alg_values_supported: ["ES256"],
      dpop_bound_access_tokens_required: false,
    })
  })

  it("has its place before the path, and keeps the query", () => {
    const wellKnown = "https://api.example/.well-known/oauth-protected-resource"
    expect(protectedResourceUrl("https://api.example")).toBe(wellKnown)
    expect(protectedResourceUrl("https://api.example/")).toBe(wellKnown)
    expect(protectedResourceUrl("https://api.example/a/b?c=d")).toBe(`${wellKnown}/a/b?c=d`)
  })

  it("is wrong without an identifier that is an https URL", () => {
    for (const wrong of ["", "orders", "http://api.example", "https://api.example/#a", "https://u:p@api.example"])
      expect(() => protectedResource({ resource: wrong })).toThrow(BearerError)
    expect(() => protectedResource({} as { readonly resource: string })).toThrow("The option resource")
  })
})
