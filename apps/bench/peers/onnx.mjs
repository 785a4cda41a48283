/**
 * Latency of the sentiment model in ONNX Runtime, as one line of JSON.
 *
 * usage: onnx.mjs version | onnx.mjs <model.onnx> <request>
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const onnx = require("onnxruntime-node");

async function measure(path, { threads, seconds }) {
  const session = await onnx.InferenceSession.create(path, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const words = BigInt64Array.from({ length: 50 }, (_, index) => BigInt((index * 7919) % 20000));
  const ids = new onnx.Tensor("int64", words, [1, 50]);
  await repeatFor(seconds / 4, () => session.run({ ids }));
  const times = await repeatFor(seconds, () => session.run({ ids }));
  return { sentiment: times[times.length >> 1], "sentiment p90": times[Math.floor(times.length * 0.9)] };
}

/** Milliseconds of each of at least 10 runs, sorted. */
async function repeatFor(seconds, run) {
  const end = performance.now() + 1000 * seconds;
  const times = [];
  while (times.length < 10 || performance.now() < end) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}

const [command, request] = process.argv.slice(2);
const result =
  command === "version"
    ? { version: JSON.parse(readFileSync(require.resolve("onnxruntime-node/package.json"), "utf8")).version }
    : await measure(command, JSON.parse(request));
console.log(JSON.stringify(result));
