/** Datasets in chunks, in every way that golden/make_hdf5.py has h5py write them, and what a damaged one is told. */
import type { Predictions } from "@cellstate/layers";
import { createSession } from "@cellstate/tensor";
import { describe, expect, test } from "vitest";
import { Hdf5File } from "../src/hdf5/hdf5-file.ts";
import { importKeras, ModelFormatError, UnsupportedModelError } from "../src/index.ts";
import { distance, goldenFiles, goldenHdf5 } from "./keras-golden.ts";

const bytesOf = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
const cases = goldenHdf5.files.flatMap(({ name, file, datasets }) =>
  Object.entries(datasets).map(([dataset, held]) => ({ name, file, dataset, held })),
);
const [{ file: oldFile }, { file: newFile }] = goldenHdf5.files as [
  (typeof goldenHdf5.files)[number],
  (typeof goldenHdf5.files)[number],
];

test.each(cases)("$dataset, $name", ({ file, dataset, held }) => {
  const { shape, data } = new Hdf5File(bytesOf(file), "x.h5").tensor(dataset);
  expect({ shape, data: [...data] }).toEqual(held);
});

test.each(Object.entries(goldenHdf5.models))("a packed model predicts what Keras predicts (%s)", async (_, file) => {
  const session = await createSession();
  const { inputs, outputs } = goldenFiles.find(({ name }) => name === "nested")!;
  const { model } = await importKeras("x.h5", async () => bytesOf(file), { session });
  const predicted = await model.predict({ shape: inputs[0]!.shape, data: Float32Array.from(inputs[0]!.data) });
  expect(distance(predicted as Parameters<typeof distance>[0], outputs[0]!)).toBeLessThan(1e-5);
  await session.dispose();
});

test("a model may have more weights than its packed file has bytes", async () => {
  const session = await createSession();
  const config = { name: "dense", units: 1024, batch_input_shape: [null, 64] };
  const json = { class_name: "Sequential", config: { layers: [{ class_name: "Dense", config }] } };
  const files = new Map([
    ["x.h5", bytesOf(goldenHdf5.zeros)],
    ["x.json", new TextEncoder().encode(JSON.stringify(json))],
  ]);
  expect(files.get("x.h5")!.length).toBeLessThan(64 * 1024);
  const { model } = await importKeras("x.h5", async (path) => files.get(path), { session, architecture: "x.json" });
  const predicted = (await model.predict({ shape: [1, 64], data: new Float32Array(64).fill(1) })) as Predictions;
  expect(predicted.shape).toEqual([1, 1024]);
  expect([...predicted.data].every((value) => value === 0.5)).toBe(true);
  await session.dispose();
});

/** The message for the dataset `x` of a file. */
function refusal(
  file: Uint8Array,
  dataset: string,
  kind: typeof ModelFormatError | typeof UnsupportedModelError,
): string {
  try {
    new Hdf5File(file, "x.h5").tensor(dataset);
  } catch (error) {
    expect(error).toBeInstanceOf(kind);
    return (error as Error).message;
  }
  throw new Error("it was read");
}

test("what is not read is told by name", () => {
  const { refused } = goldenHdf5;
  const growing = refusal(bytesOf(refused["several endless axes"]!), "x", UnsupportedModelError);
  expect(growing).toContain(
    "the dataset x can grow along several axes (its chunks are found by a B-tree of version 2)",
  );
  expect(growing).toContain("h5repack -l CONTI -f NONE old.h5 new.h5");
  expect(refusal(bytesOf(refused.scaleoffset!), "x", UnsupportedModelError)).toContain("is packed by scaleoffset");
  expect(refusal(bytesOf(refused["half written"]!), "half written", ModelFormatError)).toContain(
    "2 of its 3 chunks were never written",
  );
});

describe("damage", () => {
  /** The file with one byte changed, so far behind a text in it. */
  function damagedAt(file: string, text: string, offset: number, change: (byte: number) => number): Uint8Array {
    const bytes = bytesOf(file);
    const at = Buffer.from(bytes).indexOf(text) + offset;
    bytes[at] = change(bytes[at]!);
    return bytes;
  }

  test("of a checksum", () => {
    const bytes = bytesOf(oldFile);
    const firstChunk = Int16Array.from([-20, -19, -18, -17, -10, -9, -8, -7]);
    bytes[Buffer.from(bytes).indexOf(Buffer.from(firstChunk.buffer))] = 0;
    expect(refusal(bytes, "checksums", ModelFormatError)).toContain(
      "a chunk does not have the checksum that is stored with it",
    );
  });

  test.each([
    ["a tree that is its own child", oldFile, "TREE", 5],
    ["an array elsewhere", newFile, "FAHD", 0],
    ["an array of wide entries", newFile, "FAHD", 6],
    ["an endless array elsewhere", newFile, "EAHD", 0],
  ])("%s", (_, file, text, offset) => {
    const bytes = damagedAt(file, text, offset, (byte) => byte ^ 0xff);
    const held = goldenHdf5.files.find((one) => one.file === file)!.datasets;
    const messages = Object.keys(held).map((dataset) => {
      try {
        return new Hdf5File(bytes, "x.h5").tensor(dataset) && "";
      } catch (error) {
        expect(error).toBeInstanceOf(ModelFormatError);
        return (error as Error).message;
      }
    });
    expect(messages.some((message) => message.endsWith("it is damaged"))).toBe(true);
  });

  test("of any byte is read as something else, or told", () => {
    const file = goldenHdf5.files.find(({ name }) => name === "early")!.file;
    const length = bytesOf(file).length;
    for (let at = 0; at < length; at += 3) {
      const bytes = bytesOf(file);
      bytes[at]! ^= 0xff;
      try {
        new Hdf5File(bytes, "x.h5").tensor("early");
      } catch (error) {
        expect((error as Error).name).toMatch(/ModelFormatError|UnsupportedModelError/);
      }
    }
  });
});
