/** Joins tokens with nothing between them: the decoder of character models. */
import type { JsonObject } from "../json.ts";
import type { Decoder } from "./decoder.ts";

export class FuseDecoder implements Decoder {
  decodeChain(tokens: readonly string[]): string[] {
    return [tokens.join("")];
  }

  toJson(): JsonObject {
    return { type: "Fuse" };
  }
}
