/** Shows what is inside a tokenizer, or what it makes of texts. */
import { inputTexts } from "../../command-line/inputs.ts";
import { printColoured } from "../../terminal/print.ts";
import type { InspectOptions } from "../tokenizer.ts";
import { openTokenizer } from "./open-tokenizer.ts";
import { describeText, describeVocabulary } from "./report.ts";

/** What `cellstate tokenizer inspect` does: the pieces of texts, if any are given; else the vocabulary. */
export async function inspectTokenizer(
  name: string,
  texts: readonly string[],
  { input, column }: InspectOptions,
): Promise<void> {
  const tokenizer = await openTokenizer(name);
  if (texts.length === 0 && input === undefined) {
    printColoured(describeVocabulary(tokenizer));
    return;
  }
  let separator = "";
  for await (const text of inputTexts({ texts, input, column })) {
    printColoured(`${separator}${describeText(tokenizer, text)}`);
    separator = "\n";
  }
}
