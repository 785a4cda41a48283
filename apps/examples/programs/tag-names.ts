/** Teaches a tagger to find names and places: a bidirectional LSTM scores tags, and a CRF chooses whole sequences of them. */
import * as core from "@cellstate/lstm-core";
import * as t from "@cellstate/tensor";
import { createOptimizer } from "@cellstate/training";

const labels = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"];
const [firsts, lasts] = ["Ada Alan Grace Edsger Barbara".split(" "), "Green York Baker Stone Hill".split(" ")] as const;
const places = ["York", "New York", "Baker Hill", "Stone", "Rivers", "Green Hill"];
const frames = ["PER lives in LOC", "in LOC we met PER and PER", "PER of LOC wrote to PER", "LOC is far"];
const stream = new t.Rng(1).stream("tagger");
let draws = 0;
const pick = (list: readonly string[]) => list[Math.floor(stream.uniformAt(draws++) * list.length)]!;

/** A sentence as words and their tags; York, Hill and others end a name or are a place. */
function sentence(): { words: string[]; tags: number[] } {
  const [words, tags]: [string[], number[]] = [[], []];
  for (const part of pick(frames).split(" ")) {
    const chunk = part === "PER" ? `${pick(firsts)} ${pick(lasts)}` : part === "LOC" ? pick(places) : part;
    chunk.split(" ").forEach((word, place) => {
      words.push(word);
      tags.push(chunk === part ? 0 : labels.indexOf(`${place === 0 ? "B" : "I"}-${part}`));
    });
  }
  return { words, tags };
}

const vocabulary = [...new Set([...firsts, ...lasts, ...places, ...frames].flatMap((text) => text.split(" ")))];
const session = await t.createSession();
const embedding = new core.Embedding(session, { vocabSize: vocabulary.length, embeddingSize: 16, stream });
const layers = new core.Lstm(session, { inputSize: 16, hiddenSize: 16, bidirectional: true, stream });
const head = new core.Linear(session, { inputSize: 32, outputSize: labels.length, stream: stream.fork("head") });
const crf = new core.Crf(session, { numTags: 5, constraints: core.tagConstraints("bio", labels), stream });

/** Scores of each tag at each word, `[batch, time, tags]`. */
function score(batch: readonly { words: string[] }[]) {
  const rows = batch.map(({ words }) => words.map((word) => vocabulary.indexOf(word)));
  const { ids, lengths, seqLen } = core.padIds(rows, 0);
  const words = embedding.forward(session.tensor(ids, [rows.length, seqLen], { dtype: "int32" }));
  return { scores: head.forward(layers.forward(words, { lengths }).output), lengths };
}

const optimizer = createOptimizer({ kind: "adam" }, core.namedParameters({ embedding, layers, head, crf }), session);
for (let step = 0; step < 150; step++) {
  using _ = session.scope(); // frees what the step has made
  const batch = Array.from({ length: 16 }, sentence);
  const { scores, lengths } = score(batch);
  const tags = batch.flatMap((one) => Array.from({ length: scores.shape[1]! }, (_, time) => one.tags[time] ?? 0));
  optimizer.step(t.backward(crf.loss(scores, tags, { lengths })), { learningRate: 0.01, gradientScale: 1 });
}

const test = Array.from({ length: 200 }, sentence);
const { scores, lengths } = score(test);
const paths = crf.decode(scores, lengths);
console.log(test.filter(({ tags }, row) => tags.join() === paths[row]!.tags.join()).length, "of 200 sentences right");
console.log(test[0]!.words.map((word, place) => `${word}/${labels[paths[0]!.tags[place]!]}`).join(" "));
await session.dispose();
/* prints:
200 of 200 sentences right
Barbara/B-PER Stone/I-PER of/O New/B-LOC York/I-LOC wrote/O to/O Alan/B-PER Hill/I-PER
*/
