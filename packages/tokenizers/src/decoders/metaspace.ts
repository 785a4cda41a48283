/** Joins tokens and turns each "▁" into a space; undoes the Metaspace pre-tokenizer. */
import type { JsonObject } from "../json.ts";
import { completeMetaspace, type MetaspaceOptions, metaspaceJson } from "../pre-tokenizers/metaspace.ts";
import type { Decoder } from "./decoder.ts";

export class MetaspaceDecoder implements Decoder {
  readonly #options: Required<MetaspaceOptions>;

  constructor(options: MetaspaceOptions = {}) {
    this.#options = completeMetaspace(options);
  }

  /** Where spaces are prepended, those of the first token are dropped. */
  decodeChain(tokens: readonly string[]): string[] {
    const { replacement, prependScheme } = this.#options;
    return tokens.map((token, index) =>
      token.replaceAll(replacement, index === 0 && prependScheme !== "never" ? "" : " "),
    );
  }

  toJson(): JsonObject {
    return metaspaceJson(this.#options);
  }
}
