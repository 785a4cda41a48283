/** Times training steps and search on the shapes of Multi30k: batches of 64 pairs, hidden size 256, 8,000 tokens. */
import { evaluationStep, padIds } from "@cellstate/lstm-core";
import { backward, createSession, Rng } from "@cellstate/tensor";
import { seq2seqConfig } from "../src/config.ts";
import { beamSearch, greedySearch, Seq2Seq, teacherForcing } from "../src/index.ts";

const [backend = "wasm", threads = "2", tied = "tied"] = process.argv.slice(2);
const [batchSize, vocabSize, steps] = [64, 8000, 5];
const session = await createSession({ backend: backend as "wasm" | "reference", threads: Number(threads) });
const config = seq2seqConfig.parse({
  embedding: { size: 256, dropout: 0.3 },
  encoder: { hiddenSize: 256, dropout: 0.3 },
  decoder: { hiddenSize: 256, dropout: 0.3, tieEmbeddings: tied === "tied" },
});
const target = { vocabSize, padId: 0, bosId: 1, eosId: 2 };
const model = new Seq2Seq(session, { config, source: target, target, stream: new Rng(1).stream("model") });

/** Rows of 12 to 16 tokens, as bucketing by length makes them. */
function rows(name: string) {
  const stream = new Rng(2).stream(name);
  return padIds(
    Array.from({ length: batchSize }, (_, row) => {
      const ids = stream.fork(`${row}`).uniform(12 + (row % 5), 4, vocabSize);
      return Array.from(ids, Math.floor);
    }),
    target.padId,
  );
}

const batch = { source: rows("source"), target: rows("target") };

function report(what: string, startMs: number, count: number, runs: number): void {
  const elapsedMs = (performance.now() - startMs) / runs;
  console.log(`${what}: ${elapsedMs.toFixed(0)} ms, ${Math.round((count * 1000) / elapsedMs)} target tokens/s`);
}

console.log(`${session.backendText}, ${session.threads} threads`);
for (const pass of ["warm-up", "forward and backward"]) {
  const startMs = performance.now();
  let tokens = 0;
  for (let step = 0; step < steps; step++) {
    using _ = session.scope();
    const examples = Int32Array.from({ length: batchSize }, (_unused, row) => row);
    const { loss, count } = teacherForcing(model, batch, { training: true, step, examples }, { labelSmoothing: 0.1 });
    backward(loss);
    tokens = count;
  }
  report(pass, startMs, tokens, steps);
}
{
  const startMs = performance.now();
  using _ = session.scope();
  using _noGrad = session.noGrad();
  const { count } = teacherForcing(model, batch, evaluationStep);
  report("forward", startMs, count, 1);
}
const maxDecodeLen = 15;
let startMs = performance.now();
await greedySearch(model, batch.source, { maxDecodeLen });
report("greedy", startMs, batchSize * maxDecodeLen, 1);
startMs = performance.now();
await beamSearch(model, batch.source, { beamSize: 5, lengthPenalty: 0.6, maxDecodeLen });
report("beam of 5", startMs, batchSize * maxDecodeLen, 1);
console.log(`peak ${Math.round(session.peakBytes() / 1e6)} MB`);
await session.dispose();
