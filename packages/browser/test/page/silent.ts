import { answerToParent } from "../../src/iframe.ts"

await answerToParent()
