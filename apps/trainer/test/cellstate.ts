/** Runs the `cellstate` binary as users do, and tiny experiments for it. */
import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { file } from "./folders.ts";

const bin = fileURLToPath(new URL("../bin/cellstate.mjs", import.meta.url));

/** The pinned Node, which runs the sources; a runner of tests may itself be older. */
function nodeBinary(): string {
  const require = createRequire(new URL("../../../package.json", import.meta.url));
  const folder = dirname(require.resolve("node/package.json"));
  return join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
}

export interface Outcome {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** The program to run. Default: `cellstate` as it comes. */
  readonly program?: string;
  /** Called with the process and everything that it has written to stderr so far, at each piece. */
  readonly onStderr?: (child: ChildProcess, stderr: string) => void;
}

/** Starts the program, whose streams are the caller's to read and write. */
export function spawnCellstate(
  args: readonly string[],
  { cwd, env = {}, program = bin }: Pick<RunOptions, "cwd" | "env" | "program">,
): ChildProcessWithoutNullStreams {
  // A package manager that runs the tests leaves its caller's folder here.
  const { INIT_CWD: _, npm_package_json: __, CELLSTATE_DEBUG: ___, ...inherited } = process.env;
  const conditions = program === bin ? [] : ["--conditions=@cellstate/source"]; // the bin brings its own
  return spawn(nodeBinary(), [...conditions, program, ...args], { cwd, env: { ...inherited, ...env } });
}

export function cellstate(args: readonly string[], options: RunOptions): Promise<Outcome> {
  return outcomeOf(spawnCellstate(args, options), options);
}

/** Runs a line of a POSIX shell in which `cellstate` is the command. */
export function runShell(line: string, { cwd }: Pick<RunOptions, "cwd">): Promise<Outcome> {
  const { INIT_CWD: _, npm_package_json: __, CELLSTATE_DEBUG: ___, ...inherited } = process.env;
  const script = `cellstate() { "$NODE_BINARY" "$CELLSTATE_BIN" "$@"; }\n${line}`;
  const env = { ...inherited, NODE_BINARY: nodeBinary(), CELLSTATE_BIN: bin };
  return outcomeOf(spawn("sh", ["-c", script], { cwd, env }), {});
}

function outcomeOf(
  child: ChildProcessWithoutNullStreams,
  options: Pick<RunOptions, "input" | "onStderr">,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      stdout += part;
    });
    child.stderr.setEncoding("utf8").on("data", (part: string) => {
      stderr += part;
      options.onStderr?.(child, stderr);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
    child.stdin.end(options.input ?? "");
  });
}

const goods = ["good", "great", "lovely", "fine", "splendid"];
const bads = ["bad", "awful", "boring", "poor", "dreadful"];
const things = ["film", "phone", "soup", "hotel", "book", "train"];

/** A labelled file that a tiny model learns by heart. */
export function tinyReviews(folder: string, name = "reviews.tsv"): string {
  const rows = things.flatMap((thing) => [
    ...goods.map((word) => `positive\tthe ${thing} was ${word}`),
    ...bads.map((word) => `negative\tthe ${thing} was ${word}`),
  ]);
  return file(folder, name, `label\ttext\n${rows.join("\n")}\n`);
}

/** A config that trains on it in well under a second. */
export function tinyConfig(folder: string, extra = ""): string {
  tinyReviews(folder);
  const text = `# A tiny experiment.
name: tiny
task: sentiment
seed: 3
data: { train: reviews.tsv, test: reviews.tsv }
tokenizer: { kind: word }
model:
  embedding: { size: 8, dropout: 0.1 }
  encoder: { kind: lstm, hiddenSize: 8, bidirectional: true }
optimizer: { kind: adamw, learningRate: 0.02 }
training: { epochs: 3, batchSize: 8, checkpointEverySteps: 2 }
${extra}`;
  return file(folder, "tiny.yaml", text);
}

/** A config that translates letters into digits. */
export function tinyTranslation(folder: string): string {
  const rows = [..."abcdefgh"].flatMap((a) =>
    [..."abcde"].map((b) => `${a}${b}\t${a.charCodeAt(0) - 96}${b.charCodeAt(0) - 96}`),
  );
  file(folder, "pairs.tsv", `source\ttarget\n${rows.join("\n")}\n`);
  const text = `name: letters
task: translation
seed: 3
data: { train: pairs.tsv, test: pairs.tsv }
tokenizer: { kind: char }
model:
  embedding: { size: 8 }
  encoder: { hiddenSize: 8 }
  decoder: { hiddenSize: 8 }
search: { beamSize: 2, maxDecodeLen: 4 }
training: { epochs: 2, batchSize: 8, checkpointEverySteps: 2 }
`;
  return file(folder, "letters.yaml", text);
}
