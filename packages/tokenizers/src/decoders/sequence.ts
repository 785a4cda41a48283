/** Applies decoders one after the other, each to the parts of the one before. */
import type { JsonObject } from "../json.ts";
import type { Decoder } from "./decoder.ts";

export class DecoderSequence implements Decoder {
  readonly #decoders: readonly Decoder[];

  constructor(decoders: readonly Decoder[]) {
    this.#decoders = decoders;
  }

  decodeChain(tokens: readonly string[]): string[] {
    return this.#decoders.reduce((parts, decoder) => decoder.decodeChain(parts), [...tokens]);
  }

  toJson(): JsonObject {
    return { type: "Sequence", decoders: this.#decoders.map((decoder) => decoder.toJson()) };
  }
}
