/** Joins tokens and turns each "▁" into a space; undoes the Metaspace pre-tokenizer. */
import type { JsonObject } from "../json.ts";
import type { MetaspaceOptions, PrependScheme } from "../pre-tokenizers/metaspace.ts";
import type { Decoder } from "./decoder.ts";

export class MetaspaceDecoder implements Decoder {
  readonly #replacement: string;
  readonly #prependScheme: PrependScheme;
  readonly #split: boolean;

  constructor({ replacement = "▁", prependScheme = "always", split = true }: MetaspaceOptions = {}) {
    this.#replacement = replacement;
    this.#prependScheme = prependScheme;
    this.#split = split;
  }

  /** Where spaces are prepended, those of the first token are dropped. */
  decode(tokens: readonly string[]): string {
    const [first = "", ...rest] = tokens;
    const start = first.replaceAll(this.#replacement, this.#prependScheme === "never" ? " " : "");
    return start + rest.join("").replaceAll(this.#replacement, " ");
  }

  toJson(): JsonObject {
    return {
      type: "Metaspace",
      replacement: this.#replacement,
      prepend_scheme: this.#prependScheme,
      split: this.#split,
    };
  }
}
