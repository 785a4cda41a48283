/** Removes combining marks. Letters that carry their accent inside, such as "é", need the form NFD before it. */
import { type AlignedText, AlignedTextBuilder } from "../aligned-text.ts";
import type { JsonObject } from "../json.ts";
import type { Normalizer } from "./normalizer.ts";

const MARK = /\p{M}/u;

export class StripAccentsNormalizer implements Normalizer {
  normalize(source: AlignedText): AlignedText {
    const { text } = source;
    if (!MARK.test(text)) return source;
    const builder = new AlignedTextBuilder(source);
    let start = 0;
    for (const character of text) {
      const end = start + character.length;
      if (!MARK.test(character)) builder.copy(start, end);
      start = end;
    }
    return builder.build();
  }

  toJson(): JsonObject {
    return { type: "StripAccents" };
  }
}
