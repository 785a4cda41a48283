/** Whole files: in every format of Keras 3, and as Keras 1 and 2 wrote them, which Keras 3 itself opens no more. */
import { importKeras } from "@cellstate/interchange";
import { createSession, type Session } from "@cellstate/tensor";
import { beforeAll, expect, test } from "vitest";
import { distance, type GoldenFiles, goldenFiles } from "./keras-golden.ts";

let session: Session;

beforeAll(async () => {
  session = await createSession();
});

const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
const cases = goldenFiles.flatMap((golden) => Object.keys(golden.files).map((kind) => ({ ...golden, kind })));

async function predictionsOf({ files, json, inputs }: GoldenFiles, kind: string) {
  const folder = new Map([[`model.${kind}`, bytesOf(files[kind]!)]]);
  if (/weights|old/.test(kind)) folder.set("model.json", new TextEncoder().encode(json));
  const { model } = await importKeras(`model.${kind}`, async (path) => folder.get(path), { session });
  const [{ shape, data }] = inputs as [(typeof inputs)[number]];
  return await model.predict({ shape, data: Float32Array.from(data) });
}

test.each(cases)("$name, .$kind: predicts what Keras predicts", async (golden) => {
  const predicted = await predictionsOf(golden, golden.kind);
  expect(distance(predicted as Parameters<typeof distance>[0], golden.outputs[0]!)).toBeLessThan(1e-5);
});
