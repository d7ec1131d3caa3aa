import { journalOfThisProcess } from "./journal.ts"
import { wiretap } from "./wiretap.ts"

/** For `node --import`: a process of its own that holds servers notes what passes through them. */
const journal = journalOfThisProcess()
if (journal !== undefined) wiretap(journal)
