/** Graphs as files. */
import { numericsVersion } from "@cellstate/tensor";
import { type GraphMessage, modelFields } from "../file/messages.ts";
import { encodeMessage } from "../file/wire.ts";

/** LayerNormalization came with this version; the newest runtimes and those of 2022 read it. */
const OPSET = 17;
const IR_VERSION = 8;

/** @param metadata  what a user must know beside the graph; lists and objects as JSON */
export function modelFile(graph: GraphMessage, metadata: Readonly<Record<string, unknown>>): Uint8Array {
  const entries = { numericsVersion, ...metadata };
  return encodeMessage(
    {
      irVersion: IR_VERSION,
      producerName: "cellstate",
      graph,
      opsetImport: [{ domain: "", version: OPSET }],
      metadata: Object.entries(entries).map(([key, value]) => ({
        key: `cellstate.${key}`,
        value: typeof value === "string" ? value : JSON.stringify(value),
      })),
      functions: [],
    },
    modelFields,
  );
}
