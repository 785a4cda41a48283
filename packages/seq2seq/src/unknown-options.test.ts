/** What takes options refuses those that it would ignore, also from plain JavaScript. */
import { evaluationStep } from "@cellstate/lstm-core";
import { createSession, OptionError, Rng } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { AdditiveAttention } from "./attention/additive.ts";
import { GeneralAttention } from "./attention/general.ts";
import { seq2seqConfig } from "./config.ts";
import { Decoder } from "./decoder.ts";
import { Encoder } from "./encoder.ts";
import { beamSearch } from "./search/beam.ts";
import { Seq2Seq } from "./seq2seq.ts";
import { teacherForcing } from "./teacher-forcing.ts";

const session = await createSession({ backend: "reference" });
const stream = new Rng(1).stream("options");
const source = { vocabSize: 6, padId: 0 };
const target = { vocabSize: 7, padId: 0, bosId: 1, eosId: 2 };
const config = seq2seqConfig.parse({ embedding: { size: 2 }, encoder: { hiddenSize: 2 }, decoder: { hiddenSize: 2 } });
const { embedding, encoder, attention, decoder } = config;
const model = new Seq2Seq(session, { config, source, target, stream });
const ids = { ids: Int32Array.of(3), batchSize: 1, seqLen: 1, lengths: Int32Array.of(1) };
const sizes = { querySize: 2, valueSize: 2, stream };

test.each<[string, (more: object) => unknown]>([
  ["Seq2Seq", (more) => new Seq2Seq(session, { config, source, target, stream, ...more })],
  ["Encoder", (more) => new Encoder(session, { vocabulary: source, embedding, encoder, stream, ...more })],
  [
    "Decoder",
    (more) =>
      new Decoder(session, { vocabulary: target, embedding, attention, decoder, encoderSize: 4, stream, ...more }),
  ],
  ["AdditiveAttention", (more) => new AdditiveAttention(session, { ...sizes, ...more })],
  ["GeneralAttention", (more) => new GeneralAttention(session, { ...sizes, ...more })],
  ["teacherForcing", (more) => teacherForcing(model, { source: ids, target: ids }, evaluationStep, more)],
  ["beamSearch", (more) => beamSearch(model, ids, { beamSize: 2, lengthPenalty: 0, maxDecodeLen: 2, ...more })],
])("%s refuses an option that it would ignore", async (owner, call) => {
  const refused = async () => call({ colour: 1 });
  await expect(refused()).rejects.toThrow(OptionError);
  await expect(refused()).rejects.toThrow(new RegExp(`^${owner}: expected options to be among .*, got colour$`));
  expect(await call({})).toBeDefined();
});
