/**
 * Shows that memory does not grow with the data: trains an epoch on a file that is larger than what it may hold, kills it on
 * the way and resumes it to the same weights; then predicts a million lines, from a file and from standard input, to the same bytes,
 * and compares the memory of the first and the last.
 *
 *   pnpm check:memory [megabytes of training data, default 2000] [lines to predict, default 1000000]
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DrawStream } from "@cellstate/data";
import { hashFile } from "@cellstate/files";

const bin = fileURLToPath(new URL("../bin/cellstate.mjs", import.meta.url));
const MIB = 1024 * 1024;
/** What an epoch may hold at most. */
const TRAINING_LIMIT_MIB = 600;
/** How much more the last tenth of a prediction may hold than the first. */
const GROWTH_LIMIT = 0.05;

/** Long words, so that many bytes are few tokens and an epoch takes minutes. */
function vocabulary(): string[] {
  const random = new DrawStream(1, "words");
  const letters = "abcdefghijklmnopqrstuvwxyz";
  return Array.from({ length: 20_000 }, () =>
    Array.from({ length: 20 + random.below(40) }, () => letters[random.below(letters.length)]).join(""),
  );
}

/** A file of labelled texts of about that many bytes; the first word tells the label. */
async function writeTexts(path: string, bytes: number): Promise<void> {
  const words = vocabulary();
  const random = new DrawStream(2, "texts");
  const writer = createWriteStream(path);
  let written = writer.write("label\ttext\n") ? 11 : 0;
  while (written < bytes) {
    const label = random.below(2);
    const text = [words[2 * random.below(5000) + label]];
    for (let i = 0; i < 48; i++) text.push(words[10_000 + random.below(10_000)]);
    const row = `${label === 0 ? "even" : "odd"}\t${text.join(" ")}\n`;
    written += row.length;
    if (!writer.write(row)) await once(writer, "drain");
  }
  writer.end();
  await once(writer, "finish");
}

interface Watched {
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  /** Resident memory in MiB, some times a second. */
  readonly resident: readonly number[];
  /** How many bytes standard output had brought by then. */
  readonly written: readonly number[];
  /** SHA-256 of standard output. */
  readonly outputHash: string;
}

interface WatchOptions {
  readonly mayEnd?: () => boolean;
  /** File to give on standard input, through a pipe. */
  readonly input?: string;
}

/** Runs cellstate and watches its memory; it is killed once `mayEnd` says so. */
async function watch(args: readonly string[], { mayEnd = () => false, input }: WatchOptions = {}): Promise<Watched> {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  if (input === undefined) child.stdin.end();
  else createReadStream(input).pipe(child.stdin);
  const hash = createHash("sha256");
  let bytes = 0;
  child.stdout.on("data", (part: Buffer) => {
    hash.update(part);
    bytes += part.length;
  });
  const resident: number[] = [];
  const written: number[] = [];
  const timer = setInterval(() => {
    const status = statusOf(child.pid);
    if (status !== undefined) {
      resident.push(status);
      written.push(bytes);
    }
    if (mayEnd()) child.kill("SIGKILL");
  }, 50);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (part: string) => {
    stderr += part;
    process.stderr.write(part);
  });
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  clearInterval(timer);
  if (code !== 0 && signal !== "SIGKILL") throw new Error(`cellstate ${args.join(" ")} ended with ${code ?? signal}`);
  return { signal, stderr, resident, written, outputHash: hash.digest("hex") };
}

function statusOf(pid: number | undefined): number | undefined {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined; // it has just ended
  }
}

const weights = (run: string) => hashFile(join(run, "model", "model.safetensors"));

const peak = (values: readonly number[]) => Math.max(...values);

async function checkTraining(folder: string, megabytes: number): Promise<string> {
  const file = join(folder, "texts.tsv");
  await writeTexts(file, megabytes * 1e6);
  console.log(`training data: ${(statSync(file).size / 1e6).toFixed(0)} MB`);
  const config = join(folder, "large.yaml");
  writeFileSync(
    config,
    `name: large
task: classification
seed: 1
data: { train: texts.tsv, devFraction: 0.002, shuffleBuffer: 16384 }
tokenizer: { kind: word }
model: { embedding: { size: 8 }, encoder: { kind: lstm, hiddenSize: 8 } }
optimizer: { kind: adamw, learningRate: 5e-3 }
training: { epochs: 1, batchSize: 64, checkpointEverySteps: 1000 }
`,
  );
  const whole = join(folder, "whole");
  const trained = await watch(["train", "--config", config, "--out", whole]);
  console.log(`an epoch: at most ${peak(trained.resident).toFixed(0)} MiB resident`);
  if (peak(trained.resident) > TRAINING_LIMIT_MIB) throw new Error(`more than ${TRAINING_LIMIT_MIB} MiB`);

  const killed = join(folder, "killed");
  const hasCheckpoint = () => existsSync(join(killed, "checkpoints", "step-00001000.safetensors"));
  const first = await watch(["train", "--config", config, "--out", killed], { mayEnd: hasCheckpoint });
  if (first.signal !== "SIGKILL") throw new Error("the run ended before it was killed; take more data");
  const resumed = await watch(["train", "--resume", killed]);
  console.log(
    `resumed ${/from step \d+/.exec(resumed.stderr)?.[0] ?? ""}: at most ${peak(resumed.resident).toFixed(0)} MiB`,
  );
  const [expected, found] = [await weights(whole), await weights(killed)];
  if (found !== expected) throw new Error(`the resumed run has the weights ${found}, not ${expected}`);
  console.log(`the same weights: ${expected}`);
  rmSync(file);
  return whole;
}

async function checkPrediction(folder: string, run: string, lines: number): Promise<void> {
  const words = vocabulary();
  const random = new DrawStream(3, "lines");
  const input = join(folder, "lines.txt");
  const writer = createWriteStream(input);
  for (let i = 0; i < lines; i++) {
    const text = Array.from({ length: 1 + random.below(8) }, () => words[random.below(words.length)]).join(" ");
    if (!writer.write(`${text}\n`)) await once(writer, "drain");
  }
  writer.end();
  await once(writer, "finish");
  const fromFile = await watch(["predict", run, "--input", input]);
  checkGrowth(fromFile, `${lines} lines of a file`);
  const fromPipe = await watch(["predict", run], { input });
  checkGrowth(fromPipe, `${lines} lines of standard input`);
  if (fromPipe.outputHash !== fromFile.outputHash) throw new Error("standard input gave other answers than the file");
  console.log(`the same ${(peak(fromFile.written) / MIB).toFixed(0)} MiB of answers: ${fromFile.outputHash}`);
}

/** The first tenth of the answers, with all that starts up before them, against the last. */
function checkGrowth({ resident, written }: Watched, what: string): void {
  const total = peak(written);
  const begin = peak(resident.filter((_, at) => (written[at] as number) <= total / 10));
  const end = peak(resident.filter((_, at) => (written[at] as number) >= (9 * total) / 10));
  const growth = end / begin - 1;
  console.log(
    `${what}: ${begin.toFixed(0)} MiB in the first tenth, ${end.toFixed(0)} in the last (${(100 * growth).toFixed(1)} %)`,
  );
  if (growth > GROWTH_LIMIT) throw new Error(`memory grew by more than ${100 * GROWTH_LIMIT} %`);
}

const folder = mkdtempSync(join(tmpdir(), "cellstate-memory-"));
try {
  const run = await checkTraining(folder, Number(process.argv[2] ?? 2000));
  await checkPrediction(folder, run, Number(process.argv[3] ?? 1_000_000));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
