/** The wasm backend gives the bits of the reference backend, in training and in search, with any number of threads. */
import { createSession } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { resultsOf, tinyModel } from "./support.ts";

async function run(backend: "reference" | "wasm", threads: number, attention: "additive" | "general") {
  const session = await createSession({ backend, threads });
  const model = tinyModel(session, { attention, hiddenSize: 13, embeddingSize: 10, numLayers: 2, dropout: 0.2 });
  const results = await resultsOf(model);
  await session.dispose();
  return results;
}

test.each(["additive", "general"] as const)("with %s attention", async (attention) => {
  const reference = await run("reference", 1, attention);
  expect(await run("wasm", 1, attention)).toEqual(reference);
  expect(await run("wasm", 2, attention)).toEqual(reference);
});
