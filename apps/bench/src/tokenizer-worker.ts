/** `tokenizer-worker.ts <request>`: one measurement of our tokenizers in a process of its own, as one line of JSON. */
import type { TokenizerRequest } from "./request.ts";
import { measureTokenizer } from "./tasks/tokenizers.ts";

console.log(JSON.stringify(measureTokenizer(JSON.parse(process.argv.at(-1)!) as TokenizerRequest)));
