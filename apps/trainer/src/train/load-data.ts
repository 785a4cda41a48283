/** Loads an experiment's data from the cards that come along. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Dataset, findCard, type LoadContext, loadDataset } from "@cellstate/data";
import type { DataConfig } from "@cellstate/data/config";
import { callerFolder } from "../paths.ts";

/** Where cards lie: beside the package where it is installed, at the root of the workspace otherwise. */
export function datasetsFolder(): string {
  const beside = fileURLToPath(new URL("../../datasets", import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(new URL("../../../../datasets", import.meta.url));
}

/** Where data files are looked for. */
export function dataContext(): LoadContext {
  return { configDir: callerFolder(), datasetsDir: datasetsFolder() };
}

/** The dataset of a resolved experiment, whose paths are absolute. */
export function loadData(config: DataConfig): Promise<Dataset> {
  return loadDataset(config, dataContext());
}

/** What a saved model must know of its data to read files of the same kind: no path of this machine. */
export interface ModelData {
  readonly dataset: string;
  readonly textColumn?: string;
  readonly labelColumn?: string;
  readonly sourceColumn?: string;
  readonly targetColumn?: string;
  /** Label in files to label name, where the card has such a list. */
  readonly labels?: Readonly<Record<string, string>>;
}

export async function describeData(config: DataConfig, dataset: Dataset): Promise<ModelData> {
  const { columns, name } = dataset;
  if ("source" in columns) return { dataset: name, sourceColumn: columns.source, targetColumn: columns.target };
  const described = { dataset: name, textColumn: columns.text, labelColumn: columns.label };
  if (config.dataset === undefined) return described;
  const { card } = await findCard(config.dataset, dataContext());
  return "labels" in card && card.labels !== undefined ? { ...described, labels: card.labels } : described;
}
