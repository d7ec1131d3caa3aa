import { makeWeb, openSite } from "./index.ts"
import { help, parseOptions } from "./options.ts"

const main = async (): Promise<void> => {
  const run = parseOptions(process.argv.slice(2), process.env)
  if (run === undefined) return console.log(help)
  const site = await openSite(run.port)
  const { app } = makeWeb({
    ...run.web,
    baseUrl: run.baseUrl ?? site.url,
    // a message names no secret
    onError: (error) => console.error(`${error.name}: ${error.message}`),
  })
  site.serve(app.fetch)
  console.log(`web: ${site.url}`)
}

try {
  await main()
} catch (error) {
  console.error(`web: ${error instanceof Error ? error.message : String(error)} (--help tells more)`)
  process.exit(2)
}
