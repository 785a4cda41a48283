/** Word vectors: lines of text, word2vec's binary form, and whole fastText models. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readVectors } from "@cellstate/data/node";
import { byteMutators, concat } from "../mutate/bytes.ts";
import { bytesOfText, textMutators } from "../mutate/text.ts";
import { mustHold, type Target } from "../target.ts";

/** A model that fastText itself has written. */
const FASTTEXT = new URL("../../../../packages/data/src/node/vectors/golden/tiny.bin", import.meta.url);

const floats = (...numbers: readonly number[]) => new Uint8Array(Float32Array.from(numbers).buffer);
const LINES = "the 1 -0.5 2e3\n. . 0.25 4 1\ngröße 1e-9 -3 0\n";
const WORD2VEC = concat(
  bytesOfText("3 2\nthe "),
  floats(1, -0.5),
  bytesOfText("\nof "),
  floats(0.25, 1e9),
  bytesOfText("\n中 "),
  floats(-0, 3),
);

export const vectors: Target = {
  name: "vectors",
  about: "word vectors of GloVe, word2vec and fastText",
  extension: "bin",
  async open(folder) {
    const path = join(folder, "vectors.bin");
    return {
      seeds: [bytesOfText(LINES), bytesOfText(`3 3\n${LINES}`), WORD2VEC, new Uint8Array(readFileSync(FASTTEXT))],
      mutators: [...byteMutators, ...textMutators.slice(0, 4)],
      async check(input) {
        writeFileSync(path, input);
        const whole = await readVectors(path);
        for (const [word, vector] of whole.vectors) {
          mustHold(vector.length === whole.dimension, () => `the vector of ${word} has ${vector.length} numbers`);
          mustHold(vector.every(Number.isFinite), () => `the vector of ${word} is not finite`);
        }
        const some = [...whole.vectors.keys()].slice(0, 3);
        const again = await readVectors(path, { words: [...some, "not a word"], dimension: whole.dimension });
        for (const word of some) {
          const [before, after] = [whole.vectors.get(word)!, again.vectors.get(word)];
          mustHold(
            after?.every((value, index) => Object.is(value, before[index])) === true,
            `${word} by itself differs`,
          );
        }
      },
    };
  },
};
