/** What a run tells TensorBoard: its log, histograms of weights, gradients and gates, answers, and what attention looked at. */
import type { SeenGates } from "@cellstate/lstm-core";
import type { Evaluation, HeatMap, TaskBatch, TaskModel } from "@cellstate/tasks";
import type { Tensor } from "@cellstate/tensor";
import type { GradientWatch, TrainingCallbacks } from "@cellstate/training";
import { type EventValue, histogramOf } from "@cellstate/training/tensorboard";
import { MAP_TOKENS } from "../report/limits.ts";
import { EventFile } from "../run/event-file.ts";
import type { MetricsLine } from "../run/metrics-log.ts";
import { jsonLine } from "../terminal/json-line.ts";
import { matrixImage } from "./png.ts";

/** Histograms of a whole run. */
const HISTOGRAMS = 100;
/** Answers that are shown of each evaluation. */
const SAMPLES = 8;
/** Keys of a line that are no values of their own. */
const PLACES = ["kind", "step", "epoch", "elapsedSeconds"];

export interface TrackingOptions {
  readonly path: string;
  readonly model: TaskModel;
  /** A batch of dev on which gates are looked at; undefined: they are not. */
  readonly gateSample: TaskBatch | undefined;
  /** Steps of the whole run at most. */
  readonly totalSteps: number;
  /** At which it goes on; 0 for a new run. */
  readonly step: number;
}

export class TensorBoardTracking {
  readonly #file: EventFile;
  readonly #model: TaskModel;
  readonly #gateSample: TaskBatch | undefined;
  readonly #histogramEvery: number;
  /** What waits for the end of its step or of its evaluation, whose time it then has. */
  #waiting: EventValue[] = [];

  constructor({ path, model, gateSample, totalSteps, step }: TrackingOptions) {
    this.#file = new EventFile(path, step);
    this.#model = model;
    this.#gateSample = gateSample;
    this.#histogramEvery = Math.max(1, Math.ceil(totalSteps / HISTOGRAMS));
  }

  readonly callbacks: TrainingCallbacks = {
    onStep: ({ step, elapsedSeconds }) => this.#flush(step, elapsedSeconds),
    onEvaluate: ({ step, elapsedSeconds }) => this.#flush(step, elapsedSeconds),
  };

  /** Gradients before clipping, beside the weights that they are of. */
  readonly gradientWatch: GradientWatch = {
    isWanted: (step) => step === 1 || step % this.#histogramEvery === 0,
    see: (_, gradients) => {
      const weights = [...this.#model.parameters()].map(([name, tensor]) => [name, tensor.readSync()] as const);
      this.#waiting.push(...histograms("weights", weights), ...histograms("gradients", gradients));
    },
  };

  /** A line of the log: each of its numbers is a curve. */
  line(line: MetricsLine): void {
    const { kind, step, elapsedSeconds, metrics } = line;
    const group = kind === "evaluate" ? "dev" : kind === "step" ? "train" : "epoch";
    const numbers = Object.entries({ ...(metrics ?? line) }).flatMap(([key, value]): EventValue[] =>
      typeof value === "number" && !PLACES.includes(key) ? [{ tag: `${group}/${key}`, scalar: value }] : [],
    );
    this.#file.append({ wallTime: Number(elapsedSeconds ?? 0), step, values: numbers });
  }

  /** Keeps some answers of an evaluation; called while its weights are in place. */
  async see(evaluation: Evaluation, split: string): Promise<void> {
    const lines: string[] = [];
    for (const line of evaluation.lines()) {
      if (lines.length === SAMPLES) break;
      lines.push(jsonLine(line));
    }
    this.#waiting.push({ tag: `${split}/answers`, text: `\`\`\`\n${lines.join("")}\`\`\`` });
    for (const section of await evaluation.report(split)) {
      if (section.kind !== "heatMaps") continue;
      for (const [index, map] of section.maps.entries()) this.#waiting.push(...imageOf(section.title, index, map));
    }
    if (this.#gateSample !== undefined) this.#waiting.push(...gateHistograms(this.#model, this.#gateSample));
  }

  close(): void {
    this.#file.close();
  }

  #flush(step: number, wallTime: number): void {
    if (this.#waiting.length > 0) this.#file.append({ wallTime, step, values: this.#waiting });
    this.#waiting = [];
  }
}

/** What the gates of recurrent layers do on a batch, as they do when the model answers; one histogram for each gate of a layer and direction. */
function gateHistograms(model: TaskModel, batch: TaskBatch): EventValue[] {
  const names = new Map([...model.parameters()].map(([name, tensor]) => [tensor, name]));
  const found: [string, number[]][] = [];
  const see = ({ weightIh, activations, lengths }: SeenGates) => {
    const weight = names.get(weightIh);
    if (weight === undefined) return;
    for (const [gate, values] of Object.entries(activations)) {
      found.push([weight.replace("weight_ih", gate), realValues(values, lengths)]);
    }
  };
  model.loss(batch, { training: false, step: 0, gateWatch: { see } });
  return histograms("gates", found);
}

/** The values of `[batch, time, size]` that stand on real steps. */
function realValues(values: Tensor, lengths: Int32Array | undefined): number[] {
  const [batchSize, seqLen, size] = values.shape as [number, number, number];
  const all = values.readSync();
  return Array.from({ length: batchSize }, (_, row) => {
    const start = row * seqLen * size;
    return Array.from(all.subarray(start, start + (lengths?.[row] ?? seqLen) * size));
  }).flat();
}

function histograms(group: string, tensors: Iterable<readonly [string, ArrayLike<number>]>): EventValue[] {
  return [...tensors].flatMap(([name, values]): EventValue[] => {
    const histogram = histogramOf(Array.from(values));
    return histogram === undefined ? [] : [{ tag: `${group}/${name}`, histogram }];
  });
}

function imageOf(title: string, index: number, { values, rows, columns }: HeatMap): EventValue[] {
  if (rows.length === 0 || columns.length === 0) return [];
  const width = Math.min(MAP_TOKENS, columns.length);
  const shown = values.slice(0, MAP_TOKENS).map((row) => Array.from(row).slice(0, width));
  return [{ tag: `${title}/${index}`, image: matrixImage(shown) }];
}
