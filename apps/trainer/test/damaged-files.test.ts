/** Files that other programs wrote, damaged: every command that reads one ends with 1 and names it; whole files of another kind end with 2. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { dense, embedding, lstm, sequential } from "@cellstate/layers";
import { exportNetwork } from "@cellstate/onnx";
import { encodeSafetensors } from "@cellstate/tensor";
import { kerasTokenizer } from "@cellstate/tokenizers";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { runCli } from "../src/cli.ts";
import { endingOf } from "../src/exit.ts";
import { tinyConfig } from "./cellstate.ts";
import { lastingFolder } from "./folders.ts";

const folder = lastingFolder();
const from = (name: string) => readFileSync(new URL(`../../../packages/${name}`, import.meta.url));
const goldenOf = (name: string) => JSON.parse(gunzipSync(from(`interchange/test/golden/${name}`)).toString());

/** How a command ends, and what it says. */
async function ending(args: readonly string[]): Promise<{ code: number; message: string }> {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    return { code: await runCli(args), message: "" };
  } catch (error) {
    const { exitCode: code, message } = endingOf(error);
    return { code, message };
  } finally {
    write.mockRestore();
  }
}

/** A classifier of ids. */
async function onnxFile(): Promise<Uint8Array> {
  const net = sequential([embedding(10, 2, { maskZero: true, inputShape: [8] }), lstm(2), dense(2)]);
  await net.build({ seed: 1 });
  const bytes = exportNetwork(net.network());
  await net.dispose();
  return bytes;
}

beforeAll(async () => {
  vi.stubEnv("INIT_CWD", folder);
  tinyConfig(folder);
  const [texts] = goldenOf("keras-texts.json.gz");
  const [ofTexts] = goldenOf("keras-text-layers.json.gz");
  const tfjs = goldenOf("tfjs.json.gz").find(({ name }: { name: string }) => name === "functional");
  const { models } = JSON.parse(from("tokenizers/test/golden/sentencepiece.json").toString());
  const [state] = JSON.parse(from("interchange/test/golden/pytorch.json").toString()).files;
  const whole: Readonly<Record<string, Uint8Array>> = {
    "model.h5": Buffer.from(texts.file, "base64"),
    "model.keras": Buffer.from(ofTexts.file, "base64"),
    "words.json": Buffer.from(texts.tokenizer),
    "tokenizer.json": Buffer.from(kerasTokenizer(texts.tokenizer).stringify()),
    "model.onnx": await onnxFile(),
    "pieces.model": Buffer.from(models[0].model, "base64"),
    "vocab.txt": Buffer.from("[PAD]\n[UNK]\n[CLS]\n[SEP]\nthe\ngood\n##s\nplot\nfilm\n[MASK]\n"),
    "model.json": Buffer.from(JSON.stringify(tfjs.document)),
    "weights.bin": Buffer.from(tfjs.weights, "base64"),
    "weights.pt": Buffer.from(state.file, "base64"),
    "weights.safetensors": encodeSafetensors(
      new Map([["w", { dtype: "float32", shape: [2], data: new Float32Array(2) }]]),
    ),
  };
  mkdirSync(join(folder, "cut"));
  mkdirSync(join(folder, "shards"));
  writeFileSync(join(folder, "shards", "model.json"), whole["model.json"]!);
  writeFileSync(join(folder, "shards", "weights.bin"), whole["weights.bin"]!.subarray(0, 40));
  for (const [name, bytes] of Object.entries(whole)) {
    writeFileSync(join(folder, name), bytes);
    writeFileSync(join(folder, "cut", name), bytes.subarray(0, Math.floor(bytes.length / 2)));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes));
  }
});
afterAll(() => vi.unstubAllEnvs());

const train = (assignment: string) => ["train", "--config", join(folder, "tiny.yaml"), "--set", assignment, "--quiet"];
const at = (name: string) => join(folder, name);

/** Each command that reads such a file, by the file. */
const readers: readonly [file: string, command: (path: string) => readonly string[]][] = [
  ["tokenizer.json", (path) => ["tokenizer", "inspect", path]],
  ["tokenizer.json", (path) => ["tokenizer", "encode", path, "good"]],
  ["tokenizer.json", (path) => ["onnx", at("model.onnx"), "--tokenizer", path, "good"]],
  ["tokenizer.json", (path) => train(`tokenizer={ kind: file, file: ${path} }`)],
  ["words.json", (path) => ["import", at("model.h5"), "--tokenizer", path, "--output", at("out")]],
  ["model.h5", (path) => ["import", path, "--tokenizer", at("words.json"), "--output", at("out")]],
  ["model.keras", (path) => ["import", path, "--output", at("out")]],
  ["model.json", (path) => ["import", path, "--output", at("out")]],
  ["model.onnx", (path) => ["onnx", path]],
  ["pieces.model", (path) => ["tokenizer", "inspect", path]],
  ["pieces.model", (path) => train(`tokenizer={ kind: file, file: ${path} }`)],
  ["weights.pt", (path) => train(`init={ from: ${path}, strict: false }`)],
  ["weights.safetensors", (path) => train(`init={ from: ${path}, strict: false }`)],
  ["model.h5", (path) => train(`init={ from: ${path}, strict: false }`)],
  ["model.keras", (path) => train(`init={ from: ${path}, strict: false }`)],
];

describe("a file that is cut short ends with 1, and is named", () => {
  test.each(readers.map(([name, command]) => ({ name, args: command(join(folder, "cut", name)) })))(
    "$name, by $args.0 $args.1",
    async ({ name, args }) => {
      const { code, message } = await ending(args);
      expect(message).toContain(`cut/${name}`);
      expect(message).not.toContain("internal:");
      expect(code).toBe(1);
    },
  );
});

describe("a path without a file ends with 2, and is named", () => {
  test.each(readers.map(([name, command]) => ({ name, args: command(join(folder, "gone", name)) })))(
    "$name, by $args.0 $args.1",
    async ({ name, args }) => {
      const { code, message } = await ending(args);
      expect(message).toContain(`gone/${name}`);
      expect(code).toBe(2);
    },
  );
});

test("a file of weights of TensorFlow.js that is cut short ends with 1, and the model is named", async () => {
  const { code, message } = await ending(["import", at("shards/model.json"), "--output", at("out")]);
  expect(message).toMatch(/shards\/model.json: .*reaches beyond its files/);
  expect(code).toBe(1);
});

test.each([
  ["no text", Buffer.from([0x5b, 0x50, 0xff, 0xfe, 0x00, 0x0a, 0x80]), 1],
  ["empty", Buffer.from(""), 1],
  ["a token twice", Buffer.from("[PAD]\n[UNK]\n[CLS]\n[SEP]\ngood\ngood\n"), 1],
  ["no [UNK]", Buffer.from("[PAD]\ngood\nbad\n"), 1],
])("a vocab.txt that is %s is refused", async (_, bytes, code) => {
  mkdirSync(at("vocabulary"), { recursive: true });
  writeFileSync(at("vocabulary/vocab.txt"), bytes);
  const found = await ending(["tokenizer", "inspect", at("vocabulary/vocab.txt")]);
  expect(found.message).toContain("vocabulary/vocab.txt");
  expect(found.code).toBe(code);
});

describe("word vectors are data: whatever is wrong with them ends with 2, and the file is named", () => {
  const header = Buffer.from("2 3\n");
  const vector = (word: string) =>
    Buffer.concat([Buffer.from(`${word} `), Buffer.from(Float32Array.of(1, 2, 3).buffer)]);
  test.each([
    ["vectors.txt", "cut short", Buffer.from("the 0.1 0.2 0.3\ngood 0.1 0.2"), "vectors.txt:2"],
    ["vectors.txt", "no numbers", Buffer.from("the 0.1 0.2 0.3\ngood 0.1 x 0.3\n"), "vectors.txt:2"],
    ["vectors.bin", "cut short", Buffer.concat([header, vector("the"), vector("good").subarray(0, 9)]), "vectors.bin"],
    ["vectors.txt", "empty", Buffer.from(""), "vectors.txt"],
  ])("%s, %s", async (name, _, bytes, named) => {
    writeFileSync(at(name), bytes);
    const { code, message } = await ending(train(`model.embedding={ size: 3, vectors: { file: ${at(name)} } }`));
    expect(message).toContain(named);
    expect(code).toBe(2);
  });
});

test.each([
  ["tokenizer.json", ["tokenizer", "inspect"]],
  ["model.h5", ["import", "--output", "out"]],
])("a whole file of another kind ends with 2: %s, packed by gzip", async (name, args) => {
  const { code, message } = await ending([...args, at(`${name}.gz`)]);
  expect(message).toContain("gzip");
  expect(code).toBe(2);
});
