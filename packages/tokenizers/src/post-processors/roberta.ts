/** `<s> A </s>`, and `<s> A </s> </s> B </s>` for a pair, all with type id 0; may leave white space out of the offsets. */
import { Encoding, type EncodingColumns } from "../encoding/encoding.ts";
import type { JsonObject } from "../json.ts";
import { ByteLevelProcessor } from "./byte-level.ts";
import type { PostProcessor } from "./post-processor.ts";
import { encodingOf, type WrappingToken, wrappingTokenToJson } from "./wrapping-token.ts";

export interface RobertaProcessorOptions {
  /** Added after each text, and before the second. */
  readonly sep: WrappingToken;
  /** Added before the first text. */
  readonly cls: WrappingToken;
  /** Leave the white space of byte-level tokens out of the offsets. Default true. */
  readonly trimOffsets?: boolean;
  /** True if the pre-tokenizer adds a space before the text, which the offsets do not cover. Default true. */
  readonly addPrefixSpace?: boolean;
}

export class RobertaProcessor implements PostProcessor {
  readonly #options: Required<RobertaProcessorOptions>;
  readonly #byteLevel: ByteLevelProcessor;

  constructor({ sep, cls, trimOffsets = true, addPrefixSpace = true }: RobertaProcessorOptions) {
    this.#options = { sep, cls, trimOffsets, addPrefixSpace };
    this.#byteLevel = new ByteLevelProcessor({ trimOffsets, addPrefixSpace });
  }

  addedTokens(isPair: boolean): number {
    return isPair ? 4 : 2;
  }

  /**
   * The types are set, and the offsets trimmed, also where no special tokens are added. What overflowed keeps its types
   * then, as Hugging Face leaves it.
   */
  process(encodings: readonly Encoding[], addSpecialTokens: boolean): readonly Encoding[] {
    const trimmed = this.#byteLevel.process(encodings);
    if (!addSpecialTokens) return trimmed.map((encoding) => encoding.withOwnColumns(withoutTypes));
    const { sep, cls } = this.#options;
    return trimmed.map((encoding, index) =>
      Encoding.concat([encodingOf(index === 0 ? cls : sep), encoding.withColumns(withoutTypes), encodingOf(sep)]),
    );
  }

  toJson(): JsonObject {
    const { sep, cls, trimOffsets, addPrefixSpace } = this.#options;
    return {
      type: "RobertaProcessing",
      sep: wrappingTokenToJson(sep),
      cls: wrappingTokenToJson(cls),
      trim_offsets: trimOffsets,
      add_prefix_space: addPrefixSpace,
    };
  }
}

function withoutTypes(columns: EncodingColumns): EncodingColumns {
  return { ...columns, typeIds: columns.typeIds.map(() => 0) };
}
