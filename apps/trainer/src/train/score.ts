/** Predicts and scores encoded examples with a task's model. */
import { setImmediate as turn } from "node:timers/promises";
import type { Module } from "@cellstate/lstm-core";
import type { AttentionMap, Metrics } from "@cellstate/tasks";
import type { Session } from "@cellstate/tensor";
import type { PredictionLine } from "../run/predictions.ts";
import type { Scores } from "../run/result.ts";
import type { TaskWithConfig } from "./task-of.ts";

/** A model that can predict. */
export interface LiveModel extends TaskWithConfig {
  readonly fitted: unknown;
  readonly model: Module;
  readonly session: Session;
}

export interface Scored {
  readonly metrics: Metrics;
  readonly lines: readonly PredictionLine[];
}

/** Metrics and prediction lines of labelled examples. */
export async function score(live: LiveModel, examples: readonly unknown[]): Promise<Scored> {
  const { task, config, fitted } = live;
  const predictions = await predictAll(live, examples);
  return {
    metrics: task.metrics(config, fitted, predictions, examples),
    lines: predictions.map((prediction, index) => task.toLine(fitted, prediction, examples[index])),
  };
}

/** Prediction lines of texts without labels. */
export async function predictTexts(live: LiveModel, texts: readonly string[]): Promise<PredictionLine[]> {
  const { task, config, fitted } = live;
  const examples = task.encodeInputs(config, fitted, texts);
  const predictions = await predictAll(live, examples);
  return predictions.map((prediction, index) => task.toLine(fitted, prediction, examples[index]));
}

/** What the answers to some examples looked at; none where the model has no attention. */
export async function attentionMaps(live: LiveModel, examples: readonly unknown[]): Promise<AttentionMap[]> {
  const { task, config, fitted, model, session } = live;
  const maps: AttentionMap[] = [];
  for (const example of task.attention === undefined ? [] : examples) {
    using _scope = session.scope();
    using _noGrad = session.noGrad();
    maps.push(await task.attention!(config, fitted, model, example));
  }
  return maps;
}

/** Examples between two turns of the event loop, so that Ctrl-C is heard during a long evaluation. */
const examplesPerTurn = 128;

/** Predictions in the given order, made in the order of length; they depend on neither. */
async function predictAll(live: LiveModel, examples: readonly unknown[]): Promise<readonly unknown[]> {
  const { task, config, fitted, model, session } = live;
  const lengths = examples.map((example) => task.lengthOf(example));
  const order = [...examples.keys()].sort((a, b) => lengths[a]! - lengths[b]!);
  const predictions = new Array<unknown>(examples.length);
  for (let start = 0; start < order.length; start += examplesPerTurn) {
    if (start > 0) await turn();
    const part = order.slice(start, start + examplesPerTurn);
    using _scope = session.scope();
    using _noGrad = session.noGrad();
    const inputs = part.map((index) => examples[index]);
    const found = await task.predict(config, fitted, model, inputs, { session });
    for (const [place, index] of part.entries()) predictions[index] = found[place];
  }
  return predictions;
}

/** The scores among metrics: numbers and signatures, without confusion tables. */
export function scoresOf(metrics: Metrics): Scores {
  const entries = Object.entries(metrics);
  return Object.fromEntries(entries.filter((entry): entry is [string, number | string] => !Array.isArray(entry[1])));
}
