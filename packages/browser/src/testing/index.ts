export { makeTestClient, type TestClient, type TestClientOptions } from "./test-client.ts"
