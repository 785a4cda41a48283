import { appendFileSync, cpSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { importKeras } from "@cellstate/interchange";
import { createSession, decodeSafetensors } from "@cellstate/tensor";
import { beforeAll, describe, expect, test } from "vitest";
import { cellstate, tinyConfig, tinyTranslation } from "./cellstate.ts";
import { file, lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const train = (...args: string[]) => inProcess(["train", "--config", "tiny.yaml", ...args], folder);
const set = (...assignments: string[]) => assignments.flatMap((one) => ["--set", one]);
const tensorsOf = (run: string) =>
  decodeSafetensors(readFileSync(join(folder, run, "model", "model.safetensors"))).tensors;
/** No step changes a weight, so that those of the beginning are saved. */
const still = ["optimizer={ kind: sgd, learningRate: 1e-30 }", "training.maxSteps=1"];

beforeAll(async () => {
  tinyConfig(folder);
  tinyTranslation(folder);
  // Another vocabulary and other labels.
  const rows = Array.from({ length: 20 }, (_, i) => `${i % 2 === 0 ? "ham" : "spam"}\tthe parcel was good or bad\n`);
  file(folder, "mails.tsv", `label\ttext\n${rows.join("")}`);
  expect((await train("--out", "first", "--quiet")).code).toBe(0);
});

describe("init.from", () => {
  test("begins with the weights of a run, and the lock has the hash of what was taken", async () => {
    const { code, stderr } = await train(...set("init.from=first", ...still), "--out", "same");
    expect(code).toBe(0);
    expect(stderr).toMatch(/\ninit {4}first: 11 of 11 parameters taken\n/);
    expect([...tensorsOf("same")]).toEqual([...tensorsOf("first")]);
    const lock = JSON.parse(readFileSync(join(folder, "same", "config.lock.json"), "utf8"));
    expect(lock.data["first/model/manifest.json"]).toMatch(/^[0-9a-f]{64}$/);
  });

  test("takes a model folder as well, by a path in the config", async () => {
    cpSync(join(folder, "first", "model"), join(folder, "copied"), { recursive: true });
    tinyConfig(folder, "init: { from: copied }\n");
    const { code } = await train(...set(...still), "--out", "fromcopy", "--quiet");
    tinyConfig(folder);
    expect(code).toBe(0);
    expect([...tensorsOf("fromcopy")]).toEqual([...tensorsOf("first")]);
    const config = JSON.parse(readFileSync(join(folder, "fromcopy", "model", "config.json"), "utf8"));
    expect(config.init.from).toBe("copied"); // no path of this machine
  });

  test("lists what does not fit with the nearest names, and leaves no folder", async () => {
    const other = "model.encoder={ kind: lstm, hiddenSize: 8 }";
    const { code, stderr } = await train(...set("init.from=first", other), "--out", "unfit");
    expect(code).toBe(2);
    expect(stderr).toContain("cellstate: init: 5 things do not fit:\n");
    expect(stderr).toContain(
      "  encoder.weight_ih_l0_reverse: there is no such parameter here; the nearest is encoder.weight_",
    );
    expect(stderr).toContain("  classifier.weight: [2, 16] there, [2, 8] here\n");
    expect((await inProcess(["verify", "unfit"], folder)).code).toBe(2);
  });

  test("with strict: false takes what fits and says what it left", async () => {
    const other = "model.encoder={ kind: lstm, hiddenSize: 8 }";
    const { code, stderr } = await train(
      ...set("init.from=first", "init.strict=false", other, ...still),
      "--out",
      "loose",
    );
    expect(code).toBe(0);
    expect(stderr).toContain("init    first: 6 of 7 parameters taken; anew: classifier.weight\n");
    expect(stderr).toContain("  left out: classifier.weight: [2, 16] there, [2, 8] here\n");
    expect(tensorsOf("loose").get("encoder.weight_hh_l0")).toEqual(tensorsOf("first").get("encoder.weight_hh_l0"));
  });

  test("maps an embedding of another vocabulary by its tokens, and skips what is named", async () => {
    const args = set("init.from=first", "init.skip=[classifier.*]", "data={ train: mails.tsv }", ...still);
    const { code, stderr } = await train(...args, "--out", "mails");
    expect(code).toBe(0);
    expect(stderr).toContain("; embedding.weight 6 of 8 rows by name; anew: classifier.weight, classifier.bias\n");
    const rowOf = (run: string, token: string) => {
      const tokenizer = JSON.parse(readFileSync(join(folder, run, "model", "tokenizer.json"), "utf8"));
      const id: number = tokenizer.model.vocab[token];
      return [
        ...tensorsOf(run)
          .get("embedding.weight")!
          .data.subarray(8 * id, 8 * id + 8),
      ];
    };
    for (const token of ["the", "was", "good", "bad", "<unk>", "<pad>"]) {
      expect(rowOf("mails", token)).toEqual(rowOf("first", token));
    }
    expect(rowOf("mails", "parcel")).not.toEqual(new Array(8).fill(0));
  });

  test("takes one part alone, into a model of another task", async () => {
    const args = [
      "--config",
      "letters.yaml",
      ...set("model.encoder={ kind: lstm, hiddenSize: 8, bidirectional: true }"),
    ];
    const map = 'init={ from: first, map: { "encoder.*": "encoder.lstm.*" } }';
    const { code, stderr } = await inProcess(["train", ...args, ...set(map, ...still), "--out", "letters"], folder);
    expect(code).toBe(0);
    expect(stderr).toMatch(/\ninit {4}first: 8 of \d+ parameters taken; anew: encoder\.embedding\.weight, /);
    const [from, to] = [tensorsOf("first"), tensorsOf("letters")];
    expect(to.get("encoder.lstm.weight_hh_l0")).toEqual(from.get("encoder.weight_hh_l0"));
  });

  test("with fitted: true takes the tokenizer and the labels, too", async () => {
    file(folder, "few.tsv", "label\ttext\npositive\tthe film was good\nnegative\tsoup\npositive\tfine\n");
    const args = set("init={ from: first, fitted: true }", "data={ train: few.tsv }", ...still);
    const { code, stderr } = await train(...args, "--out", "few");
    expect(code).toBe(0);
    expect(stderr).toContain("init    first: 11 of 11 parameters taken\n");
    const tokenizer = (run: string) => readFileSync(join(folder, run, "model", "tokenizer.json"), "utf8");
    expect(tokenizer("few")).toBe(tokenizer("first"));
  });

  test("an interrupted run goes on to the same bytes", async () => {
    const args = set("init.from=first", "training.epochs=40");
    expect((await train(...args, "--out", "whole", "--quiet")).code).toBe(0);
    let sent = false;
    await cellstate(["train", "--config", "tiny.yaml", ...args, "--out", "killed"], {
      cwd: folder,
      onStderr(child, stderr) {
        if (sent || !stderr.includes("\nepoch 5/")) return;
        sent = true;
        child.kill("SIGKILL");
      },
    });
    expect((await inProcess(["train", "--resume", "killed", "--quiet"], folder)).code).toBe(0);
    expect([...tensorsOf("killed")]).toEqual([...tensorsOf("whole")]);
    expect([...tensorsOf("killed")]).not.toEqual([...tensorsOf("first")]);
  });
});

describe("init.from a file of weights", () => {
  const goldens = new URL("../../../packages/interchange/test/golden/", import.meta.url);
  const bytesOf = (base64: string) => Buffer.from(base64, "base64");

  test("of safetensors begins with the same as from its run", async () => {
    cpSync(join(folder, "first", "model", "model.safetensors"), join(folder, "weights.safetensors"));
    const { code, stderr } = await train(...set("init.from=weights.safetensors", ...still), "--out", "fromfile");
    expect(code).toBe(0);
    expect(stderr).toContain("\ninit    weights.safetensors: 11 of 11 parameters taken\n");
    expect([...tensorsOf("fromfile")]).toEqual([...tensorsOf("first")]);
    const lock = JSON.parse(readFileSync(join(folder, "fromfile", "config.lock.json"), "utf8"));
    expect(lock.data["weights.safetensors"]).toMatch(/^[0-9a-f]{64}$/);
  });

  test("of PyTorch goes by a map of names, and all that does not fit is listed", async () => {
    const { files } = JSON.parse(readFileSync(new URL("pytorch.json", goldens), "utf8"));
    writeFileSync(join(folder, "lstm.pt"), bytesOf(files[0].file)); // an LSTM of 3 inputs and 2 units, in both directions
    const sizes = ["model.embedding.size=3", "model.encoder.hiddenSize=2"];
    const map = 'init={ from: lstm.pt, map: { "*": "encoder.*" } }';
    const { code, stderr } = await train(...set(map, ...sizes, ...still), "--out", "torch");
    expect(code).toBe(0);
    expect(stderr).toMatch(/\ninit {4}lstm\.pt: 8 of 11 parameters taken; anew: embedding\.weight, /);
    const { shape, data } = files[0].tensors.weight_ih_l0;
    const taken = tensorsOf("torch").get("encoder.weight_ih_l0")!;
    expect([taken.shape, [...taken.data]]).toEqual([shape, Array.from(data, Math.fround)]);

    const unfit = await train(...set("init.from=lstm.pt", ...sizes));
    expect(unfit.code).toBe(2);
    expect(unfit.stderr).toContain(
      "  weight_ih_l0: there is no such parameter here; the nearest is encoder.weight_ih_l0\n",
    );
    const other = await train(...set(map));
    expect(other.stderr).toContain("weight_ih_l0, as encoder.weight_ih_l0: [8, 3] there, [32, 8] here\n");
  });

  test("of Keras goes by layer and weight, in our order of gates", async () => {
    const golden = JSON.parse(gunzipSync(readFileSync(new URL("keras-texts.json.gz", goldens))).toString());
    writeFileSync(join(folder, "texts.h5"), bytesOf(golden[0].file));
    const session = await createSession({ backend: "reference" });
    const { model } = await importKeras("texts.h5", async () => bytesOf(golden[0].file), { session });
    const there = [...model.tensors()].find(([name]) => name.endsWith("/forward/kernel"))!;
    const [rows, inputs] = there[1].shape as [number, number];
    const map = `init={ from: texts.h5, map: { "${there[0].replace("/kernel", "/*kernel")}": "encoder.*weight_l0" } }`;
    const sizes = [`model.embedding.size=${inputs}`, `model.encoder.hiddenSize=${rows / 4}`];
    expect((await train(...set(map, ...sizes))).stderr).toContain(
      "/forward/recurrent_kernel, as encoder.recurrent_weight_l0: there is no such parameter here",
    );
    const named = { kernel: "weight_ih_l0", recurrent_kernel: "weight_hh_l0", bias: "bias_ih_l0" };
    const pairs = Object.entries(named).map(([one, own]) => `"*/forward/${one}": encoder.${own}`);
    const { code, stderr } = await train(
      ...set(`init={ from: texts.h5, map: { ${pairs.join(", ")} } }`, ...sizes, ...still),
      ...["--out", "keras"],
    );
    expect(stderr).toContain("\ninit    texts.h5: 3 of 11 parameters taken; anew: ");
    expect(code).toBe(0);
    expect([...tensorsOf("keras").get("encoder.weight_ih_l0")!.data]).toEqual([...there[1].readSync()]);
    await session.dispose();
  });

  test.each([
    ["init.from=tiny.yaml", 2, "expected the folder of a run or a model, or a file of weights (.safetensors, .pt"],
    ["init={ from: weights.safetensors, fitted: true }", 2, "init.fitted: weights.safetensors holds weights alone"],
    ["init.from=cut.safetensors", 1, "cut.safetensors: "],
    ["init={ from: cut.pt, strict: false }", 1, "cut.pt: "],
  ])("refuses %s", async (assignment, exitCode, message) => {
    for (const [name, from] of Object.entries({ "cut.safetensors": "weights.safetensors", "cut.pt": "lstm.pt" })) {
      writeFileSync(join(folder, name), readFileSync(join(folder, from)).subarray(0, 200));
    }
    const { code, stderr } = await train(...set(assignment));
    expect(stderr).toContain(message);
    expect(code).toBe(exitCode);
  });
});

describe("init.from refuses", () => {
  test.each([
    ["init.from=nothing", 2, "nothing: no such folder"],
    ["init={ from: first, map: { encodr: encoder } }", 2, 'map: no parameter there has a name that fits "encodr"'],
    ["init={ from: first, skipp: [a] }", 2, "did you mean `skip`?"],
  ])("%s", async (assignment, exitCode, message) => {
    const { code, stderr } = await train(...set(assignment));
    expect(code).toBe(exitCode);
    expect(stderr).toContain(message);
  });

  test("a model that is not as its manifest says", async () => {
    cpSync(join(folder, "first", "model"), join(folder, "damaged"), { recursive: true });
    appendFileSync(join(folder, "damaged", "model.safetensors"), "x");
    const { code, stderr } = await train(...set("init.from=damaged"));
    expect(code).toBe(1);
    expect(stderr).toMatch(/damaged.model\.safetensors: has \d+ bytes, manifest\.json says \d+/);
    rmSync(join(folder, "damaged"), { recursive: true });
  });
});
