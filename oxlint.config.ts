import { defineConfig } from "oxlint"

const unstable = [
  "^effect/(ai|cli|cluster|crypto|devtools|eventlog|graphql|http|http-api|net|observability|persistence|process|reactivity|rpc|schema|socket|sql|workers|workflow)(/|$)",
  "^effect/(Arbitrary|ByteSize|Bytes|ChannelSchema|ErrorReporter|ExecutionPlan|FileSystem|Glob|Graph|HashRing|LayerMap|LayerRef|Newtype|PartitionedSemaphore|Path|PlatformError|SemVer|SemVerRange|Stdio|Terminal|TextDiff|TxChunk|Version)$",
].map((regex) => ({ regex, message: "Unstable in Effect 4.1: only in bridge/ and packages/cli." }))
const big = {
  regex: "^effect/(Schema.*|Config|ConfigProvider)$",
  message: "Too big for browser and edge entries: only in bridge/.",
}
const barrel = { name: "effect", message: "Import effect/<Module>: the barrel costs 3 to 5 times the bytes." }
const random = { name: "effect/Random", message: "Math.random: never for state, nonce or verifier." }

/** The stages of the core in the order in which data flows; a stage imports only from those before it. */
const stages = [
  "model",
  "errors",
  "telemetry",
  "http",
  "jws",
  "protocol",
  "verify",
  "acquire",
  "legacy",
  "store",
  "provide",
  "delegate",
  "call",
  "session",
  "promise",
]

const restricted = (
  patterns: ReadonlyArray<object>,
  paths: ReadonlyArray<object> = [barrel, random],
): ["error", object] => ["error", { paths, patterns }]

const foreign = { group: ["@bearerkit/*"], message: "packages/core imports no other package of ours." }

const stageRules = stages.map((stage, index) => {
  const later = [...stages.slice(index + 1), "bridge", "index"].join("|")
  return {
    files: [`packages/core/src/${stage}/**`, `packages/core/src/${stage}.ts`],
    rules: {
      "no-restricted-imports": restricted([
        ...unstable,
        big,
        foreign,
        {
          regex: `^\\.{1,2}/(${later})(/|\\.ts$)`,
          message: `The stage ${stage} imports only from stages before it (docs/architecture.md).`,
        },
      ]),
    },
  }
})

/** What a package may import of ours; everything else points the wrong way. */
const allowed: Readonly<Record<string, ReadonlyArray<string>>> = {
  "packages/core": [],
  "packages/issuer": [],
  "packages/services": [],
  "packages/node": ["core"],
  "packages/hono": ["core"],
  "packages/redis": ["core"],
  "packages/browser": ["core"],
  "packages/vue": ["browser"],
  "packages/cloudflare": ["core"],
  "packages/cli": ["core", "node"],
}
const packageRules = Object.entries(allowed).map(([folder, names]) => ({
  files: [`${folder}/src/**`],
  rules: {
    "no-restricted-imports": restricted([
      ...(folder === "packages/cli" ? [] : [...unstable, big]),
      {
        group: ["@bearerkit/*", ...names.flatMap((name) => [`!@bearerkit/${name}`])],
        message: `${folder} imports only ${names.join(", ") || "no other package"} of ours (docs/architecture.md).`,
      },
    ]),
  },
}))

export default defineConfig({
  plugins: ["typescript", "import", "unicorn", "oxc", "promise", "node", "vitest"],
  categories: { correctness: "error", suspicious: "error", perf: "error" },
  ignorePatterns: ["**/dist/**", "**/node_modules/**"],
  rules: {
    "import/no-cycle": ["error", { ignoreTypes: false }],
    "no-restricted-imports": restricted([...unstable, big]),
    "typescript/no-explicit-any": "error",
    "typescript/no-non-null-assertion": "off",
    "typescript/ban-ts-comment": "error",
    "no-console": "error",
    "no-else-return": "error",
    "max-params": ["error", { max: 3 }],
    "max-lines": ["error", { max: 300, skipComments: true, skipBlankLines: true }],
    "no-await-in-loop": "off",
    "no-shadow": "off",
    "no-underscore-dangle": "off",
    "require-yield": "off",
    "unicorn/consistent-function-scoping": "off",
    "unicorn/no-array-sort": "off",
    "vitest/valid-title": "off",
    "promise/valid-params": "off",
    "vitest/expect-expect": [
      "error",
      { assertFunctionNames: ["assert", "assert.*", "expect", "expect*", "fc.assert"] },
    ],
    "import/no-named-as-default": "off",
    "import/no-unassigned-import": "off",
  },
  overrides: [
    ...packageRules,
    ...stageRules,
    {
      files: ["packages/core/src/http/retry.ts"],
      rules: { "no-restricted-imports": restricted([...unstable, big, foreign], [barrel]) },
    },
    { files: ["{packages/core,examples}/src/bridge/**"], rules: { "no-restricted-imports": restricted([]) } },
    {
      files: ["**/test/**", "scripts/**", "bench/**", "apps/**"],
      rules: { "no-restricted-imports": restricted([]), "max-params": "off" },
    },
    {
      files: [
        "apps/worker/src/log.ts",
        "packages/cli/**",
        "packages/issuer/src/main.ts",
        "packages/services/**",
        "apps/demo/**",
        "apps/web/src/main.ts",
        "bench/**",
        "examples/**",
        "scripts/**",
      ],
      rules: { "no-console": "off" },
    },
  ],
})
