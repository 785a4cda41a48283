/** Decoders that run as one op give the bits of those that compose their steps. */
import { createSession } from "@cellstate/tensor";
import { expect, test } from "vitest";
import { resultsOf, type TinyOptions, tinyModel } from "./support.ts";

async function run(options: TinyOptions, recurrent: Readonly<Record<string, unknown>>) {
  const session = await createSession({ backend: "wasm", threads: 2 });
  const model = tinyModel(session, { ...options, hiddenSize: 13, embeddingSize: 10, dropout: 0.2, recurrent });
  const results = await resultsOf(model);
  await session.dispose();
  return results;
}

test.each([
  { attention: "additive" },
  { attention: "general" },
  { attention: "general", inputFeeding: false },
  { attention: "additive", tieEmbeddings: true },
] as const)("%j", async (options) => {
  // A cell clip composes the steps; one that no cell reaches changes nothing.
  expect(await run(options, {})).toEqual(await run(options, { cellClip: 1e30 }));
});
