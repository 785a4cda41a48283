/** Applies normalizers one after the other. */

import type { JsonObject } from "../json.ts";
import type { AlignedText } from "../text/aligned-text.ts";
import type { Normalizer } from "./normalizer.ts";

export class NormalizerSequence implements Normalizer {
  readonly #normalizers: readonly Normalizer[];

  constructor(normalizers: readonly Normalizer[]) {
    this.#normalizers = normalizers;
  }

  normalize(text: AlignedText): AlignedText {
    let result = text;
    for (const normalizer of this.#normalizers) result = normalizer.normalize(result);
    return result;
  }

  toJson(): JsonObject {
    return { type: "Sequence", normalizers: this.#normalizers.map((normalizer) => normalizer.toJson()) };
  }
}
