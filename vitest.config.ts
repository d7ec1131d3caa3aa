import { defineConfig } from "vitest/config"

if (Number(process.versions.node.split(".")[0]) < 24) throw new Error(`Node 24 needed, found ${process.version}`)

/** These put another module in the place of one that the other tests use. */
const isolated = ["packages/core/test/verify/web-form.test.ts"]

export default defineConfig({
  test: {
    // most tests wait for a server or a process
    maxWorkers: "150%",
    // no test is about speed: only what hangs is to fail
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // every secret that passes is looked for in everything that is printed, logged or thrown
    globalSetup: "scripts/leaks/global-setup.ts",
    setupFiles: "scripts/leaks/setup.ts",
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          include: ["{packages,apps}/*/test/**/*.test.ts", "{examples,scripts,soak}/test/*.test.ts"],
          exclude: isolated,
          isolate: false,
        },
      },
      { extends: true, test: { name: "isolated", include: isolated } },
    ],
  },
})
