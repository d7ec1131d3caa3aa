import { encryptedStorage, encryptionKey, storageLayer } from "@bearerkit/core"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { afterAll, beforeAll } from "vitest"
import { lockLaws } from "../../core/test/laws/lock.ts"
import { tokenStoreLaws } from "../../core/test/laws/token-store.ts"
import { startWorkerd, type Workerd } from "./support/workerd.ts"

let workerd: Workerd
beforeAll(async () => void (workerd = await startWorkerd()))
afterAll(() => workerd.harness.close())

/** The objects have a clock of their own. */
const pass = (duration: Duration.Duration) => Effect.promise(() => Effect.runPromise(Effect.sleep(duration)))

const plain = Layer.suspend(() => storageLayer(workerd.storage()))
tokenStoreLaws("a Durable Object", plain, { pass })
lockLaws("a Durable Object", plain)

const key = encryptionKey("one", crypto.getRandomValues(new Uint8Array(32)))
const sealed = Layer.suspend(() => storageLayer(encryptedStorage(workerd.storage(), { keys: [key] })))
tokenStoreLaws("an encrypted Durable Object", sealed, { pass })
