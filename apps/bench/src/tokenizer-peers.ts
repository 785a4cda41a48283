/** Finds tokenizer libraries to measure ours beside. */
import { fileURLToPath } from "node:url";
import type { Found } from "./peers.ts";
import type { TokenizerRequest } from "./request.ts";
import type { LayoutName } from "./reviews.ts";
import { type Runner, runJson } from "./runner.ts";

/** A library, and what it can be asked. */
export interface TokenizerRunner extends Runner {
  can(task: TokenizerRequest["task"], layout: LayoutName, offsets?: boolean): boolean;
}

const startLimit = 60;
const worker = fileURLToPath(new URL("tokenizer-worker.ts", import.meta.url));
const peerFolder = fileURLToPath(new URL("../peers/", import.meta.url));

/** @param python a Python that may have Hugging Face's tokenizers */
export function findTokenizers(python: string): Found {
  const versions: string[] = [];
  const missing: string[] = [];
  const peers = peersOf(python).filter(({ name, command }) => {
    const found = runJson<{ version: string }>({ command }, ["version"], startLimit);
    if (typeof found === "string") missing.push(`${name}: ${found}`);
    else versions.push(`${name} ${found.version}`);
    return typeof found !== "string";
  });
  return {
    own: { backends: [], slowerSets: [] },
    torch: [],
    tfjs: [],
    onnx: [],
    tokenizers: [ownTokenizers, ...peers],
    versions,
    missing,
  };
}

const ownTokenizers: TokenizerRunner = {
  name: "cellstate",
  command: [process.execPath, "--conditions=@cellstate/source", worker],
  can: () => true,
};

function peersOf(python: string): TokenizerRunner[] {
  const npm = (name: string, can: TokenizerRunner["can"]): TokenizerRunner => ({
    name: name === "tokenizers" ? "tokenizers (Node)" : name,
    command: [process.execPath, `${peerFolder}tokenizers.mjs`, name],
    can,
  });
  // The bindings for Node wait for a thread at each text, and the JavaScript library is slow: two layouts will do.
  const plainEncoding: TokenizerRunner["can"] = (task, layout, offsets) =>
    task === "encode" && !offsets && (layout === "byte-level BPE" || layout === "WordPiece");
  return [
    {
      name: "tokenizers (Python)",
      command: [python, `${peerFolder}tokenizers_worker.py`],
      can: (task) => task !== "long word" && task !== "memory",
    },
    npm("tokenizers", plainEncoding),
    npm("@huggingface/tokenizers", plainEncoding),
    npm("gpt-tokenizer", (task, layout) => task === "encode" && layout === "byte-level BPE, pattern of GPT-4"),
  ];
}
