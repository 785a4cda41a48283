/** Finds out whether a saved tokenizer cuts words by the dictionary of the runtime. */

import { isPlainMap } from "@cellstate/files";
import type { ModelFiles } from "@cellstate/tasks";

/** @param files of a saved model, tokenizers among them */
export function usesSegmenter(files: ModelFiles): boolean {
  return [...files]
    .filter(([name]) => name.startsWith("tokenizer."))
    .some(([, text]) => {
      const value: unknown = JSON.parse(text);
      return isPlainMap(value) && holdsSegmenter(value.pre_tokenizer);
    });
}

function holdsSegmenter(preTokenizer: unknown): boolean {
  if (!isPlainMap(preTokenizer)) return false;
  const { type, pretokenizers } = preTokenizer;
  return type === "Segmenter" || (Array.isArray(pretokenizers) && pretokenizers.some(holdsSegmenter));
}
