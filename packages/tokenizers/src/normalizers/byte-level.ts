/** Replaces a text with the characters of its UTF-8 bytes. */

import type { JsonObject } from "../json.ts";
import type { AlignedText } from "../text/aligned-text.ts";
import { toByteCharacters } from "../text/byte-characters.ts";
import type { Normalizer } from "./normalizer.ts";

export class ByteLevelNormalizer implements Normalizer {
  normalize(text: AlignedText): AlignedText {
    return toByteCharacters(text);
  }

  toJson(): JsonObject {
    return { type: "ByteLevel" };
  }
}
