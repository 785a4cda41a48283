/** What of Keras is not taken over, or contradicts itself, is told by name. */
import { tmpdir } from "node:os";
import { importKeras, ModelFormatError, UnsupportedModelError } from "@cellstate/interchange";
import { importKerasFile } from "@cellstate/interchange/node";
import { describe, expect, test } from "vitest";
import { asTfjs, goldenFiles, goldenModels } from "./keras-golden.ts";

const encode = (value: unknown) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const open = (files: Readonly<Record<string, Uint8Array>>, path = Object.keys(files)[0]!, options = {}) =>
  importKeras(path, async (name) => files[name], options);
const modelNamed = (name: string) => goldenModels.find((golden) => golden.name === name)!;

/** The golden LSTM with its config changed as text. */
function changed(from: string | RegExp, to: string, name = "LSTM"): Readonly<Record<string, Uint8Array>> {
  const files = Object.fromEntries(asTfjs(modelNamed(name)));
  const text = new TextDecoder().decode(files["model.json"]);
  expect(text).toMatch(from);
  return { ...files, "model.json": encode(text.replace(from, to)) };
}

/** Two layers of which each reads the other, or a layer that is not there. */
function circle(read: string | readonly [] = "b"): Readonly<Record<string, Uint8Array>> {
  const layer = (name: string, from: string | readonly []) => ({
    class_name: "Dense",
    name,
    config: { name, units: 1 },
    inbound_nodes: [typeof from === "string" ? [[from, 0, 0, {}]] : []],
  });
  const input = {
    class_name: "InputLayer",
    name: "x",
    config: { name: "x", batch_input_shape: [null, 1] },
    inbound_nodes: [],
  };
  const layers = [input, layer("a", read), layer("b", "a")];
  const config = { name: "model", layers, input_layers: [["x", 0, 0]], output_layers: [["b", 0, 0]] };
  return { "x.json": encode({ class_name: "Model", config }), "x.h5": keras("sequential", "old.h5") };
}

const keras = (name: string, kind: string) =>
  new Uint8Array(Buffer.from(goldenFiles.find((golden) => golden.name === name)!.files[kind]!, "base64"));

describe("refused by name", () => {
  test.each([
    [
      "a Lambda",
      changed('"class_name":"LSTM"', '"class_name":"Lambda"'),
      "layer lstm (Lambda) is Python code, and no code of a file is run",
    ],
    [
      "a layer of one's own",
      changed('"class_name":"LSTM"', '"class_name":"own>Cell"'),
      "layer lstm (own>Cell) is not taken over; layers that are: Activation, ",
    ],
    [
      "an option",
      changed('"units":2', '"units":2,"time_major":true'),
      "layer lstm (LSTM): time_major true is not taken over",
    ],
    [
      "an option that is unknown",
      changed('"units":2', '"units":2,"gears":7'),
      "layer lstm (LSTM): gears 7 is not taken over",
    ],
    [
      "an activation",
      changed('"activation":"tanh"', '"activation":"snake"'),
      "layer lstm (LSTM): activation is snake, which is not taken over",
    ],
    [
      "a function of one's own",
      changed('"activation":"tanh"', '"activation":{"class_name":"function","config":"mine"}'),
      "activation is mine",
    ],
    [
      "a model class of one's own",
      changed('"class_name":"Sequential"', '"class_name":"MyModel"'),
      "its model is a MyModel, a class of its writer",
    ],
    [
      "a graph of TensorFlow.js",
      { "model.json": encode({ format: "graph-model", modelTopology: {} }) },
      "a graph model of TensorFlow.js",
    ],
    ["weights alone", { "x.weights.h5": keras("sequential", "weights.h5") }, "weights without an architecture"],
    ["old weights alone", { "x.h5": keras("sequential", "old.h5") }, "weights without an architecture"],
    ["an architecture alone", { "x.json": encode(modelNamed("LSTM").config) }, "an architecture without weights"],
    [
      "a pointer",
      { "x.h5": encode("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n") },
      "a pointer of Git LFS, not the file itself",
    ],
    ["a pickle", { "x.pkl": Uint8Array.of(0x80, 4, 0x95, 0) }, "a pickle of Python, which is a program"],
    [
      "a pickle of PyTorch before 1.6",
      { "x.pt": Uint8Array.of(0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e) },
      "x.pt: a file of PyTorch, which has weights and no network that can be read; write the network as ONNX",
    ],
    ["a web page", { "x.h5": encode("<!DOCTYPE html><html>") }, "a web page, not the file itself"],
    ["TensorFlow Lite", { "x.tflite": encode("\0\0\0\0TFL3....") }, "a TensorFlow Lite model"],
  ])("%s", async (_, files, message) => {
    await expect(open(files)).rejects.toThrow(UnsupportedModelError);
    await expect(open(files)).rejects.toThrow(message);
  });
});

describe("malformed", () => {
  test.each([
    ["no such file", {}, "missing.h5: there is no such file"],
    ["text", { "x.h5": encode("epoch,loss") }, "x.h5: expected a file of Keras"],
    [
      "another archive",
      { "x.keras": keras("nested", "keras").slice(0, 400) },
      "x.keras: it has no end of a zip archive",
    ],
    ["HDF5 cut short", { "x.h5": keras("Keras 1", "h5").slice(0, 3000) }, "x.h5: "],
    [
      "no layers",
      { "x.json": encode({ class_name: "Sequential", config: { layers: [] } }), "x.h5": keras("sequential", "old.h5") },
      "expected a model with layers",
    ],
    [
      "other sizes",
      changed('"units":2', '"units":3'),
      "its weights do not fit its layers: layer lstm (LSTM): kernel has shape [3, 8], needs [3, 12]",
    ],
    ["sizes beyond all weights", changed('"units":2', '"units":200000'), "its layers do not fit its weights"],
    ["layers in a circle", circle(), "its layers a, b read each other in a circle"],
    ["a layer that reads nothing", circle([]), "layer a (Dense) reads 0 tensors, expected 1"],
    ["a layer that is not there", circle("c"), 'it connects a layer "c" that it does not have'],
  ])("%s", async (_, files, message) => {
    const path = Object.keys(files)[0] ?? "missing.h5";
    await expect(open(files, path)).rejects.toThrow(ModelFormatError);
    await expect(open(files, path)).rejects.toThrow(message);
  });
});

test("all weights that do not fit are listed", async () => {
  const files = changed('"units":2', '"units":3', "RepeatVector, an autoencoder");
  await expect(open(files)).rejects.toThrow(ModelFormatError);
  await expect(open(files)).rejects.toThrow(
    /kernel has shape .*; layer .*recurrent_kernel has shape .*; .*bias has shape/,
  );
});

test("weights of a file with other names go to layers in their order", async () => {
  const json = encode(goldenFiles[0]!.json!.replaceAll(/gru_\d+/g, "renamed").replaceAll(/dense_\d+/g, "last"));
  const { model } = await open({ "x.h5": keras("sequential", "old.h5"), "x.json": json });
  expect(
    model
      .getLayer("renamed")
      .getWeights()[0]!
      .data.some((value) => value !== 0),
  ).toBe(true);
});

test("a shard outside of the model's folder is not read", async () => {
  const files = Object.fromEntries(asTfjs(modelNamed("LSTM")));
  const text = new TextDecoder().decode(files["model.json"]);
  for (const path of ["../w.bin", "/etc/passwd", "a/../../w.bin", "C:\\\\w.bin"]) {
    const document = { "model.json": encode(text.replace('"w.bin"', `"${path}"`)) };
    await expect(open(document)).rejects.toThrow("expected names of files in the folder of the model");
  }
});

test("a folder is told what to save in its place", async () => {
  await expect(importKerasFile(tmpdir())).rejects.toThrow("a folder, such as a SavedModel; save one file");
});
