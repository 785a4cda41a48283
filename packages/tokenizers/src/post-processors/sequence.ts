/** Applies post-processors one after the other, each to the encodings of the one before. */
import type { Encoding } from "../encoding/encoding.ts";
import type { JsonObject } from "../json.ts";
import type { PostProcessor } from "./post-processor.ts";

export class PostProcessorSequence implements PostProcessor {
  readonly #processors: readonly PostProcessor[];

  constructor(processors: readonly PostProcessor[]) {
    this.#processors = processors;
  }

  addedTokens(isPair: boolean): number {
    return this.#processors.reduce((count, processor) => count + processor.addedTokens(isPair), 0);
  }

  process(encodings: readonly Encoding[], addSpecialTokens: boolean): readonly Encoding[] {
    return this.#processors.reduce((result, processor) => processor.process(result, addSpecialTokens), encodings);
  }

  toJson(): JsonObject {
    return { type: "Sequence", processors: this.#processors.map((processor) => processor.toJson()) };
  }
}
