/** What `cellstate import` does: opens a network, takes it over as what it is, and writes a model folder. */
import { basename } from "node:path";
import type { ImportedKeras } from "@cellstate/interchange";
import { importKerasFile } from "@cellstate/interchange/node";
import { type FileContents, openModel } from "@cellstate/tasks";
import { createSession, type Session } from "@cellstate/tensor";
import { inputFile } from "../../command-line/input-file.ts";
import { renderImportedCard } from "../../model-card/imported-card.ts";
import { MODEL_CARD_FILE } from "../../model-card/model-card.ts";
import { asCaller, fromCaller } from "../../paths.ts";
import { addToModelFolder, writeModelFolder } from "../../run/model-folder.ts";
import { print, printJson } from "../../terminal/print.ts";
import type { ImportOptions } from "../import.ts";
import { checkProbe } from "./check-probe.ts";
import { requireFree } from "./free-folder.ts";
import { readsIds, takeSeries } from "./take-series.ts";
import { takeTexts } from "./take-texts.ts";

/** A network, opened. */
export interface OpenedNetwork extends ImportedKeras {
  readonly file: string;
  /** What the model is called. */
  readonly name: string;
  readonly source: { readonly file: string; readonly framework: string };
}

/** A network as a saved model, and what there is to say of it. */
export interface Taken {
  readonly files: FileContents;
  /** For people. */
  readonly lines: readonly string[];
  /** For programs. */
  readonly facts: Readonly<Record<string, unknown>>;
}

export async function importModel(file: string, options: ImportOptions): Promise<void> {
  const folder = fromCaller(options.output);
  requireFree(folder, options.output);
  const session = await createSession();
  try {
    const network = await openNetwork(file, options, session);
    const probed = options.probe === undefined ? [] : [await checkProbe(options.probe, network)];
    const taken = readsIds(network) ? await takeTexts(network, options) : await takeSeries(network, options);
    await openModel(taken.files, session); // what is written opens
    writeModelFolder(folder, taken.files);
    const lines = [...taken.lines, ...probed];
    const card = renderImportedCard({ name: network.name, ...network.source, facts: [...layersOf(network), ...lines] });
    await addToModelFolder(folder, taken.files, MODEL_CARD_FILE, card);
    tell(network, { ...taken, lines }, asCaller(folder), options.json === true);
  } finally {
    await session.dispose();
  }
}

async function openNetwork(file: string, options: ImportOptions, session: Session): Promise<OpenedNetwork> {
  const imported = await importKerasFile(await inputFile(file, { orFolder: true }), {
    session,
    architecture: options.architecture && (await inputFile(options.architecture, { option: "--architecture" })),
    weights: options.weights && (await inputFile(options.weights, { option: "--weights" })),
  });
  const name = options.name ?? basename(file).replace(/(\.weights)?\.\w+$/, "");
  return { ...imported, file, name, source: { file: basename(file), framework: `Keras ${imported.kerasVersion}` } };
}

const layersOf = ({ model }: OpenedNetwork) => model.layers.map(({ name, className }) => `${name} (${className})`);

/** What was taken over, and what was not. */
function tell(network: OpenedNetwork, { lines, facts }: Taken, folder: string, asJson: boolean): void {
  const { file, model, kerasVersion } = network;
  const weights = model.getWeights().reduce((sum, { data }) => sum + data.length, 0);
  if (asJson) {
    const layers = model.layers.map(({ name, className }) => ({ name, class: className }));
    printJson({ file, kerasVersion, layers, weights, ...facts, model: folder });
    return;
  }
  const all = [
    `${file}: a network of Keras ${kerasVersion}, ${weights.toLocaleString("en-US")} weights`,
    ...layersOf(network).map((layer) => `  ${layer}`),
    ...lines,
    "not taken over: the optimizer, the loss, metrics, and what acts in training alone",
    `wrote ${folder}; try: cellstate predict ${folder} "..."`,
  ];
  print(`${all.join("\n")}\n`);
}
