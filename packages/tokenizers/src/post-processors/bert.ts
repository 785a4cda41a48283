/** `[CLS] A [SEP]`, and `[CLS] A [SEP] B [SEP]` for a pair, whose second text and last token have the type id 1. */
import { Encoding } from "../encoding/encoding.ts";
import type { JsonObject } from "../json.ts";
import type { PostProcessor } from "./post-processor.ts";
import { encodingOf, type WrappingToken, wrappingTokenToJson } from "./wrapping-token.ts";

export interface BertProcessorOptions {
  /** Added after each text. */
  readonly sep: WrappingToken;
  /** Added before the first text. */
  readonly cls: WrappingToken;
}

export class BertProcessor implements PostProcessor {
  readonly #options: BertProcessorOptions;

  constructor(options: BertProcessorOptions) {
    this.#options = options;
  }

  addedTokens(isPair: boolean): number {
    return isPair ? 3 : 2;
  }

  process(encodings: readonly Encoding[], addSpecialTokens: boolean): readonly Encoding[] {
    if (!addSpecialTokens) return encodings;
    const { sep, cls } = this.#options;
    return encodings.map((encoding, index) =>
      Encoding.concat(index === 0 ? [encodingOf(cls), encoding, encodingOf(sep)] : [encoding, encodingOf(sep, 1)]),
    );
  }

  toJson(): JsonObject {
    const { sep, cls } = this.#options;
    return { type: "BertProcessing", sep: wrappingTokenToJson(sep), cls: wrappingTokenToJson(cls) };
  }
}
