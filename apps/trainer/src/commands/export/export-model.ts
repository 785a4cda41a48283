/** What `cellstate export` does: opens the model, writes its network as ONNX, and says how it is fed. */
import {
  exportClassifier,
  exportForecaster,
  exportLanguageModel,
  exportNetwork,
  exportTagger,
  exportTranslator,
  type OnnxPort,
  openOnnx,
} from "@cellstate/onnx";
import type { Network, Task } from "@cellstate/tasks";
import { createSession, type Tensor } from "@cellstate/tensor";
import { checkOutputOption, writeOutputOption } from "../../command-line/output-option.ts";
import { findModel, withModel } from "../../command-line/with-model.ts";
import { UsageError } from "../../errors.ts";
import { print, printJson } from "../../terminal/print.ts";
import type { ExportOptions } from "../export.ts";

/** One file as it was written. */
interface Written {
  readonly file: string;
  readonly sizeBytes: number;
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
}

export async function exportModel(
  run: string,
  { output, json, plugin }: ExportOptions,
  tasks: readonly Task[] | undefined,
): Promise<void> {
  await checkOutputOption(output);
  const found = await findModel(run, tasks, {}, plugin);
  const { files, about } = await withModel(found, { threads: 1 }, async ({ model }) => {
    if (model.network === undefined) {
      const why = model.networkFault ?? `a model of the task ${found.task.name} has no form in ONNX`;
      throw new UsageError(`${run}: ${why}`);
    }
    const tensors = new Map([...model.parameters(), ...(model.buffers?.() ?? [])]);
    const isImported = model.network.kind === "onnxFile";
    return {
      files: filesOf(model.network, tensors, output),
      about: isImported ? "as it was imported" : "opset 17",
    };
  });
  const written: Written[] = [];
  for (const [file, bytes] of files) {
    written.push({ file, sizeBytes: bytes.length, ...(await portsOf(bytes)) });
    await writeOutputOption(file, (sink) => sink(bytes));
  }
  if (json === true) printJson({ task: found.task.name, files: written });
  else print(describe(written, about, found.model));
}

/** The bytes of each file by its path. */
function filesOf(network: Network, parameters: ReadonlyMap<string, Tensor>, output: string): Map<string, Uint8Array> {
  switch (network.kind) {
    case "classifier": {
      const { model, labels, padId } = network;
      const { encoder, pooling } = model;
      const tables = new Map([...parameters, ["embedding.weight", network.vectors()]]);
      return new Map([[output, exportClassifier({ encoder, pooling, parameters: tables, labels, padId })]]);
    }
    case "translator": {
      const { encoder, decoder } = exportTranslator({ config: network.model, parameters, target: network.target });
      const stem = output.replace(/\.onnx$/, "");
      return new Map([
        [`${stem}.encoder.onnx`, encoder],
        [`${stem}.decoder.onnx`, decoder],
      ]);
    }
    case "forecaster":
      return new Map([[output, exportForecaster({ ...network, parameters })]]);
    case "tagger":
      return new Map([[output, exportTagger({ ...network, parameters })]]);
    case "languageModel":
      return new Map([[output, exportLanguageModel({ ...network, parameters })]]);
    case "layers":
      return new Map([[output, exportNetwork(network.layers(), network.facts)]]);
    case "onnxFile":
      return new Map([[output, network.bytes]]);
    default:
      return network satisfies never;
  }
}

/** What is written opens, and says how it is fed. */
async function portsOf(bytes: Uint8Array): Promise<Pick<Written, "inputs" | "outputs">> {
  const session = await createSession({ threads: 1 });
  try {
    const { inputs, outputs } = openOnnx(bytes, { session });
    return { inputs, outputs };
  } finally {
    await session.dispose();
  }
}

function describe(written: readonly Written[], about: string, folder: string): string {
  const port = ({ name, type, shape = [] }: OnnxPort) => `  ${name}: ${type} [${shape.join(", ")}]`;
  const lines = written.flatMap(({ file, sizeBytes, inputs, outputs }) => [
    `wrote ${file} (${(sizeBytes / 1e6).toFixed(2)} MB, ${about})`,
    "  reads",
    ...inputs.map((input) => `  ${port(input)}`),
    "  gives",
    ...outputs.map((output) => `  ${port(output)}`),
  ]);
  const readsIds = written.some(({ inputs }) => inputs.some(({ type }) => type === "int64"));
  if (readsIds) lines.push(`texts become ids by the tokenizer in ${folder}`);
  return `${lines.join("\n")}\n`;
}
