/** A network of texts in an ONNX file, which whoever knows ONNX runs. */
import type { Session } from "@cellstate/tensor";
import { defineTask } from "../define-task.ts";
import { ModelFilesError } from "../errors.ts";
import { requireFile } from "../file-contents.ts";
import type { Task } from "../task.ts";
import { fitsOutput, type ImportedOnnxConfig, importedOnnxConfig } from "./config.ts";
import { IMPORTED_ONNX_TASK, ONNX_FILE } from "./files.ts";
import type { FilledRow } from "./fill-ids.ts";
import type { RunRows } from "./run-texts.ts";
import { planImported } from "./text-network.ts";

/** A tensor, row-major. */
interface PlainTensor<Data> {
  readonly shape: readonly number[];
  readonly data: Data;
}

/** What `openOnnx` of `@cellstate/onnx` gives. */
export interface OnnxNetwork {
  run(
    feeds: Readonly<Record<string, PlainTensor<ArrayLike<number>>>>,
  ): Promise<Readonly<Record<string, PlainTensor<ArrayLike<number> | readonly string[]>>>>;
}

export type OpenOnnx = (bytes: Uint8Array, options: { readonly session: Session }) => OnnxNetwork;

/**
 * The task of networks of texts in ONNX files, which `saveImportedOnnx` writes: give it to `openModel` beside the others, as
 * `{ tasks: [...tasks, importedOnnx(async () => openOnnx)] }`.
 *
 * @param load  `openOnnx` of `@cellstate/onnx`; called where such a model is opened, so that nothing else loads it
 */
export function importedOnnx(load: () => Promise<OpenOnnx>): Task {
  return defineTask({
    name: IMPORTED_ONNX_TASK,
    configSchema: importedOnnxConfig,
    plan: (config) =>
      planImported(IMPORTED_ONNX_TASK, config, async (files) => {
        const bytes = requireFile(files, ONNX_FILE);
        const open = await load();
        return {
          save: () => new Map([[ONNX_FILE, bytes]]),
          open: (session) => ({
            tensors: () => new Map(),
            run: runOf(openFile(open, bytes, session), config),
            network: { kind: "onnxFile", bytes },
          }),
        };
      }),
  });
}

function openFile(open: OpenOnnx, bytes: Uint8Array, session: Session): OnnxNetwork {
  try {
    return open(bytes, { session });
  } catch (error) {
    if (!(error instanceof Error) || !/^Onnx\w+Error$/.test(error.name)) throw error;
    throw new ModelFilesError(ONNX_FILE, error.message, { cause: error });
  }
}

function runOf(network: OnnxNetwork, { ports, output }: ImportedOnnxConfig): RunRows {
  return async (rows) => {
    const results = await network.run(feedsOf(rows, ports));
    const { shape, data } = results[ports.output] ?? { shape: [], data: [] };
    const width = data.length / rows.length;
    if (!fitsOutput(width, output)) {
      const problem = `its output ${ports.output} has shape [${shape.join(", ")}], and there are ${output.labels.length} labels`;
      throw new ModelFilesError(ONNX_FILE, problem);
    }
    const scores = Array.from(data as ArrayLike<number>);
    return rows.map((_, row) => scores.slice(row * width, (row + 1) * width));
  };
}

/** @param rows  of one length */
function feedsOf(rows: readonly FilledRow[], { ids, lengths, mask }: ImportedOnnxConfig["ports"]) {
  const shape = [rows.length, rows[0]?.ids.length ?? 0];
  const real = ({ ids: row, start, count }: FilledRow) => row.map((_, at) => Number(at >= start && at < start + count));
  return {
    [ids]: { shape, data: rows.flatMap((row) => row.ids) },
    ...(lengths && { [lengths]: { shape: [rows.length], data: rows.map(({ count }) => count) } }),
    ...(mask && { [mask]: { shape, data: rows.flatMap(real) } }),
  };
}
