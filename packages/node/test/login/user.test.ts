import { assert, it } from "vitest"
import * as Redacted from "effect/Redacted"
import { User } from "../../src/login/user.ts"

it("a user is described by the claims, as on every other platform", () => {
  const claims = { sub: "database|1", nickname: "ada", email: "ada@example.com", picture: "https://p.example/1.png" }
  const { subject, name, email, picture, ...rest } = new User(Redacted.make("a.b.c"), claims)
  assert.deepStrictEqual(
    { subject, name, email, picture },
    { subject: "database|1", name: "ada", email: "ada@example.com", picture: "https://p.example/1.png" },
  )
  assert.deepStrictEqual<object>(rest, { claims })
  const nobody = new User(Redacted.make("a.b.c"), { sub: "x", email: 7 })
  assert.deepStrictEqual([nobody.name, nobody.email], [undefined, undefined])
})
