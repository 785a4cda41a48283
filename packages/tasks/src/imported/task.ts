/** A network of texts that another framework trained: layers as Keras has them, with tokenizer and labels. */
import type { Model } from "@cellstate/layers";
import { defineTask } from "../define-task.ts";
import { ModelFilesError } from "../errors.ts";
import { fitsOutput, type ImportedConfig, importedConfig } from "./config.ts";
import { IMPORTED_TASK, NETWORK_FILE, TOKENIZER_FILE } from "./files.ts";
import { encodeNetwork, readNetwork } from "./network.ts";
import type { RunRows } from "./run-texts.ts";
import { planImported } from "./text-network.ts";

export const imported = defineTask({
  name: IMPORTED_TASK,
  configSchema: importedConfig,
  plan: (config) =>
    planImported(IMPORTED_TASK, config, async (files) => {
      const network = await readNetwork(files);
      return {
        save: () => new Map([[NETWORK_FILE, encodeNetwork(network.config)]]),
        open: (session) => openLayers(requireFit(network.build(session), config), config),
      };
    }),
});

/** @throws {ModelFilesError} if the network reads or gives another number than the config says */
function requireFit(network: Model<unknown>, { input, output }: ImportedConfig): Model<unknown> {
  const [reads, gives] = [network.inputs[0]!.shape, network.outputs[0]!.shape];
  if (gives.length !== 1 || !fitsOutput(gives[0], output)) {
    throw new ModelFilesError(
      NETWORK_FILE,
      `it gives ${gives.join(" x ")} outputs, and there are ${output.labels.length} labels`,
    );
  }
  if (reads.length !== 1 || (reads[0] !== null && reads[0] !== input.maxLength)) {
    const problem = `it reads ${reads.join(" x ")} ids of each text, and maxLength is ${input.maxLength ?? "not given"}`;
    throw new ModelFilesError(NETWORK_FILE, problem);
  }
  return network;
}

function openLayers(network: Model<unknown>, config: ImportedConfig) {
  return {
    tensors: () => network.tensors(),
    run: runOf(network),
    network: { kind: "layers", layers: () => network.network(), facts: factsOf(config) } as const,
  };
}

/** Runs layers; those that carry a state begin anew. */
function runOf(network: Model<unknown>): RunRows {
  return async (rows) => {
    const length = rows[0]?.ids.length ?? 0;
    network.resetStates();
    const predicted = await network.predict(
      { data: Int32Array.from(rows.flatMap(({ ids }) => ids)), shape: [rows.length, length] },
      { batchSize: rows.length },
    );
    const { data, shape } = predicted as { readonly data: Float32Array; readonly shape: readonly number[] };
    const width = shape[1] ?? 1;
    return rows.map((_, row) => [...data.subarray(row * width, (row + 1) * width)]);
  };
}

/** What whoever runs the network elsewhere must know: how texts become rows, and what the outputs are. */
function factsOf({ input, output }: ImportedConfig): Readonly<Record<string, unknown>> {
  return { task: IMPORTED_TASK, ...input, ...output, tokenizer: TOKENIZER_FILE };
}
