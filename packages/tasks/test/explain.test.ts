/** Answers of classifiers explained: the word on which an answer hangs is marked, by either kind, and the scores are what they say. */
import { loadStateDict, stateDict } from "@cellstate/lstm-core";
import { Rng } from "@cellstate/tensor";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Attribution, type ExplainOptions, sentiment, type TaskModel, tagging } from "../src/index.ts";
import { collect } from "./collect.ts";
import { labelled, readNothing, type TinyRun, trainTiny } from "./train-tiny.ts";

const FILLERS = ["the", "film", "was", "quite", "long", "we", "saw", "it"];
/** Only `fine` and `dire` tell the label; what is around them does not. */
const records = labelled(
  "train",
  Array.from({ length: 24 }, (_, row) => {
    const pair = Math.floor(row / 2);
    const words = Array.from(
      { length: 5 },
      (_, place) => FILLERS[(pair * 3 + place * (1 + (pair % 3))) % FILLERS.length]!,
    );
    const isFine = row % 2 === 0;
    words.splice(pair % 6, 0, isFine ? "fine" : "dire");
    return [words.join(" "), isFine ? "positive" : "negative"] as const;
  }),
);
const config = {
  tokenizer: { kind: "word" },
  model: { embedding: { size: 8 }, encoder: { hiddenSize: 8, bidirectional: true }, pooling: "max" },
};
const texts = ["we saw the fine film", "it was dire, we saw", "fine"];

let run: TinyRun;
beforeAll(async () => {
  run = await trainTiny(sentiment, config, records, { steps: 40, learningRate: 0.03 });
});
afterAll(() => run.session.dispose());

const rows = (given: readonly string[]) =>
  labelled(
    "new",
    given.map((text) => [text] as const),
  );
const linesOf = (model: TaskModel, given: readonly string[]) => collect(model.predict(rows(given)));
const explained = (given: readonly string[], options?: ExplainOptions) =>
  collect(run.model.explain!(rows(given), options));

async function logProbOf(model: TaskModel, text: string, label: string): Promise<number> {
  const [line] = await linesOf(model, [text]);
  return Math.log((line!.probs as Record<string, number>)[label]!);
}

function strongest({ words }: Attribution): string {
  return words.toSorted((one, other) => other.score - one.score)[0]!.text;
}

describe.each(["occlusion", "integrated-gradients"] as const)("%s", (kind) => {
  test("marks the word on which the answer hangs", async () => {
    const found = await explained(texts, { kind });
    expect(found.map(({ line }) => line)).toEqual(await linesOf(run.model, texts));
    expect(found.map(({ attribution }) => strongest(attribution))).toEqual(["fine", "dire", "fine"]);
    const answers = found.map(({ attribution }) => attribution.answer);
    expect(answers).toEqual(["positive", "negative", "positive"]);
    const [{ attribution } = { attribution: undefined }] = found;
    expect(attribution!.kind).toBe(kind);
    const { probs } = found[0]!.line as { readonly probs: Record<string, number> };
    expect(attribution!.probability).toBe(probs.positive);
    expect(attribution!.words.map(({ text }) => text)).toEqual(texts[0]!.split(" "));
    for (const { text, start, end } of attribution!.words) expect(texts[0]!.slice(start, end)).toBe(text);
    const { score } = attribution!.words[3]!;
    const others = attribution!.words.filter((_, place) => place !== 3).map((word) => Math.abs(word.score));
    expect(score).toBeGreaterThan(2 * Math.max(...others));
  });

  test("a word that speaks for the other label counts against the answer", async () => {
    const [found] = await explained(["fine fine the film was dire fine"], { kind });
    const { answer, words } = found!.attribution;
    const against = words.find(({ text }) => text === (answer === "positive" ? "dire" : "fine"))!;
    expect(against.score).toBeLessThan(0);
  });

  test("gives the same bits again, alone or among others; a text without words has none", async () => {
    const all = await explained([...texts, ""], { kind });
    const [alone] = await explained([texts[1]!], { kind });
    expect(alone!.attribution).toEqual(all[1]!.attribution);
    expect(all[3]!.attribution.words).toEqual([]);
  });
});

test("occlusion is what the answer loses without the word, in a long text too", async () => {
  const text = `fine ${"the film ".repeat(40)}was long`;
  for (const given of [texts[0]!, text]) {
    const [found] = await explained([given]);
    const words = given.split(" ");
    const label = found!.attribution.answer;
    const whole = await logProbOf(run.model, given, label);
    for (const place of [0, 3, words.length - 1]) {
      const without = words.filter((_, at) => at !== place).join(" ");
      const expected = whole - (await logProbOf(run.model, without, label));
      expect(found!.attribution.words[place]!.score).toBeCloseTo(expected, 9);
    }
  }
});

test("a word may be replaced by the unknown token", async () => {
  const [found] = await explained([texts[0]!], { replaceBy: "unknown" });
  const whole = await logProbOf(run.model, texts[0]!, "positive");
  const without = await logProbOf(run.model, "we saw the zebra film", "positive");
  expect(found!.attribution.words[3]!.score).toBeCloseTo(whole - without, 9);
});

test("integrated gradients add up to what the text adds to zero vectors", async () => {
  const blank = run.pipeline.build(run.session, new Rng(1));
  const saved = stateDict(run.model);
  const { data, shape, dtype } = saved.get("embedding.weight")!;
  loadStateDict(
    blank,
    new Map([...saved, ["embedding.weight", { dtype, shape, data: new Float32Array(data.length) }]]),
  );
  const [found] = await explained([texts[0]!], { kind: "integrated-gradients", steps: 256 });
  const { answer, words } = found!.attribution;
  const difference = (await logProbOf(run.model, texts[0]!, answer)) - (await logProbOf(blank, texts[0]!, answer));
  const sum = words.reduce((total, { score }) => total + score, 0);
  expect(difference).toBeGreaterThan(0.1);
  expect(Math.abs(sum - difference)).toBeLessThan(0.02 * difference); // what is left is the error of 256 points
});

test("vectors of n-grams are explained, too", async () => {
  const model = { ...config.model, embedding: { kind: "hash-ngrams", size: 8, buckets: 200 } };
  const other = await trainTiny(sentiment, { ...config, model }, records, { steps: 25, learningRate: 0.03 });
  for (const kind of ["occlusion", "integrated-gradients"] as const) {
    const [found] = await collect(other.model.explain!(rows([texts[0]!]), { kind }));
    expect(strongest(found!.attribution)).toBe("fine");
  }
  await other.session.dispose();
});

test("what is no choice is refused; tasks that do not explain have no such function", async () => {
  const refused = (options: object) => explained(["fine"], options);
  await expect(refused({ kind: "lime" })).rejects.toThrow(
    "explain: expected kind to be occlusion or integrated-gradients, got lime",
  );
  await expect(refused({ steps: 0 })).rejects.toThrow("explain: expected steps to be an integer >= 1, got 0");
  await expect(refused({ replaceBy: "pad" })).rejects.toThrow("expected replaceBy to be nothing or unknown, got pad");
  const tagged = [{ values: { text: ["a", "b"], tags: ["X", "Y"] }, file: "a.conllu", line: 1 }];
  const plan = tagging.plan(
    tagging.configSchema.parse({
      tags: { kind: "words" },
      model: { embedding: { size: 4 }, encoder: { hiddenSize: 4 } },
    }),
  );
  const pipeline = await plan.fit(tagged, readNothing);
  expect(pipeline.build(run.session, new Rng(0)).explain).toBeUndefined();
});
