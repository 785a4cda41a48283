/** The event files of runs: what the log says, histograms, answers and attention; cut back as the log is. */
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { decodeEvents, encodeEvent, encodeFileStart } from "@cellstate/training/tensorboard";
import { describe, expect, test } from "vitest";
import { EventFile } from "../src/run/event-file.ts";
import { matrixImage } from "../src/train/png.ts";
import { tinyTranslation } from "./cellstate.ts";
import { lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";

const folder = lastingFolder();
const eventsOf = (path: string) => decodeEvents(readFileSync(path));

test("a run with training.tensorboard has its log, histograms, answers and attention as events, and the same bytes as without", async () => {
  tinyTranslation(folder);
  const train = (...args: string[]) => inProcess(["train", "--config", "letters.yaml", ...args, "--quiet"], folder);
  expect(await train("--set", "training.tensorboard=true", "--out", "run")).toMatchObject({ code: 0 });
  expect(await train("--out", "without")).toMatchObject({ code: 0 });
  const read = (...path: string[]) => readFileSync(join(folder, ...path));
  expect(read("run", "model", "model.safetensors")).toEqual(read("without", "model", "model.safetensors"));

  const events = eventsOf(join(folder, "run", "tensorboard", "events.out.tfevents.0.cellstate"));
  const values = events.flatMap(({ step, values }) => values.map((value) => ({ step, ...value })));
  const log = read("run", "metrics.jsonl")
    .toString()
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const scalars = (tag: string) =>
    values.flatMap((value) => (value.tag === tag && "scalar" in value ? [[value.step, value.scalar]] : []));
  const logged = (kind: string, pick: (line: (typeof log)[number]) => number) =>
    log.filter((line) => line.kind === kind).map((line) => [line.step, Math.fround(pick(line))]);
  expect(scalars("train/loss")).toEqual(logged("step", ({ loss }) => loss));
  expect(scalars("train/gradientNorm")).toEqual(logged("step", ({ gradientNorm }) => gradientNorm));
  expect(scalars("dev/exactMatch")).toEqual(logged("evaluate", ({ metrics }) => metrics.exactMatch));

  const weights = values.filter(({ tag }) => tag === "weights/decoder.output.weight");
  expect(weights.map(({ step }) => step)).toEqual(scalars("train/loss").map(([step]) => step)); // few steps: at each
  const gradients = values.find(({ tag }) => tag === "gradients/encoder.embedding.weight")!;
  expect(gradients).toMatchObject({ histogram: { count: expect.any(Number), counts: expect.any(Array) } });
  const gates = values.filter(({ tag }) => tag === "gates/encoder.lstm.forget_gate_l0_reverse");
  expect(gates.map(({ step }) => step)).toEqual(scalars("dev/loss").map(([step]) => step)); // at each evaluation
  const answers = values.filter(({ tag }) => tag === "dev/answers");
  expect(answers).toHaveLength(2);
  expect(answers[0]).toMatchObject({ text: expect.stringMatching(/^```\n\{"index":0,"source":"[a-h][a-e]"/) });
  expect(values.filter(({ tag }) => tag === "Attention on dev/0")).toHaveLength(2);
  expect(await inProcess(["verify", "run"], folder)).toMatchObject({ code: 0 });
}, 60_000);

describe("an event file", () => {
  const at = (step: number) => ({ wallTime: step, step, values: [{ tag: "loss", scalar: step }] });
  const path = join(folder, "events");

  test("goes on behind the step of a checkpoint, without what a crash has cut", () => {
    const first = new EventFile(path, 0);
    for (const step of [1, 2, 3, 4]) first.append(at(step));
    first.close();
    appendFileSync(path, encodeEvent(at(5)).subarray(0, 9));
    const second = new EventFile(path, 2);
    second.append({ ...at(3), wallTime: 99 });
    second.close();
    expect(eventsOf(path).map(({ step, wallTime }) => [step, wallTime])).toEqual([
      [1, 1],
      [2, 2],
      [3, 99],
    ]);
  });

  test("begins anew for a new run, and where nothing of it can be read", () => {
    new EventFile(path, 0).close();
    expect(readFileSync(path)).toEqual(Buffer.from(encodeFileStart()));
    appendFileSync(path, "x");
    new EventFile(join(folder, "tiny.txt"), 3).close();
    expect(eventsOf(join(folder, "tiny.txt"))).toEqual([]);
  });
});

test("an image has a cell for each value, white for 0 and dark for 1", () => {
  const { width, height, png } = matrixImage([[0, 1, 0.5]]);
  expect([width, height]).toEqual([36, 12]);
  const bytes = Buffer.from(png);
  const begin = bytes.indexOf("IDAT") + 4;
  const pixels = inflateSync(bytes.subarray(begin, begin + bytes.readUInt32BE(begin - 8)));
  expect(pixels).toHaveLength(12 * (1 + 3 * 36));
  const colour = (x: number) => [...pixels.subarray(1 + 3 * x, 4 + 3 * x)];
  expect([colour(0), colour(12), colour(35)]).toEqual([
    [255, 255, 255],
    [29, 95, 191],
    [142, 175, 223],
  ]);
});
