/** A process that fuzzes, seen from outside: starts it, waits for what it tells, and ends it where it hangs. */
import { type ChildProcess, fork } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { currentInputIn, type Found } from "./current-input.ts";
import type { Reply, Request } from "./messages.ts";
import { type Finding, LIMITS } from "./outcome.ts";

const worker = fileURLToPath(new URL("worker.ts", import.meta.url));
/** Where Node keeps what it has compiled: a process that loads all targets is ready in half the time. */
const compileCache = join(tmpdir(), "node-compile-cache");
const POLL_MS = 200;
/** A native stack trace comes behind the line that says why a process ended. */
const MAX_LAST_WORDS = 65_536;
/** A target may train a tiny model before it is ready. */
const START_MS = 120_000;

/** The process ended, or had to be ended, over an input. */
export interface Death {
  readonly kind: "death";
  readonly finding: Finding;
}

export interface AskOptions {
  readonly patienceMs?: number | undefined;
  readonly onReply?: (reply: Reply) => void;
}

export class WorkerProcess {
  readonly #folder: string;
  readonly #child: ChildProcess;
  #listener: (reply: Reply | Death) => void = () => {};
  #lastWords = "";

  private constructor(target: string, folder: string) {
    this.#folder = folder;
    this.#child = fork(worker, [target, folder], {
      env: { NODE_COMPILE_CACHE: compileCache, ...process.env },
      execArgv: ["--conditions=@cellstate/source", "--max-old-space-size=1024", "--no-warnings"],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    this.#child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-MAX_LAST_WORDS);
    });
    this.#child.on("message", (reply: Reply) => this.#listener(reply));
    this.#child.on("close", (code, signal) => {
      const isMemory = /heap out of memory|Allocation failed/i.test(this.#lastWords);
      const how = `the process ended with ${signal ?? `code ${code}`}; ${firstLine(this.#lastWords)}`;
      this.#listener({ kind: "death", finding: { kind: isMemory ? "memory" : "crash", message: how } });
    });
  }

  /** @throws {Error} if the target cannot be opened, which is a fault of the fuzzer */
  static async start(target: string, folder: string): Promise<WorkerProcess> {
    const process = new WorkerProcess(target, folder);
    const reply = await process.#next(START_MS, () => {});
    if (reply.kind === "ready") return process;
    process.end();
    const why = reply.kind === "broken" ? reply.message : reply.kind === "death" ? process.#lastWords : reply.kind;
    throw new Error(`target ${target} cannot be opened: ${why}`);
  }

  /** The input that it is at, or was at when it ended. */
  get current(): Found | undefined {
    return currentInputIn(this.#folder);
  }

  /**
   * Sends a request and gives every reply to it, up to the last one.
   *
   * @param options.patienceMs  after which an input that gives no answer is given up
   * @param options.onReply     told of the replies before the last one
   */
  async ask(
    request: Request,
    { patienceMs = LIMITS.patienceMs, onReply = () => {} }: AskOptions = {},
  ): Promise<Reply | Death> {
    this.#child.send(request);
    return await this.#next(patienceMs, onReply);
  }

  end(): void {
    this.#listener = () => {};
    this.#child.kill("SIGKILL");
  }

  /** Waits for a last reply as long as the process gets on: one input may take no longer than `patienceMs`. */
  #next(patienceMs: number, onReply: (reply: Reply) => void): Promise<Reply | Death> {
    return new Promise((resolve) => {
      let since = Date.now();
      let index = this.current?.index;
      const poll = setInterval(() => {
        const now = this.current?.index;
        if (now !== index) since = Date.now();
        index = now;
        if (Date.now() - since < patienceMs) return;
        finish({ kind: "death", finding: { kind: "hang", message: `no answer in ${patienceMs / 1000} s` } });
        this.end();
      }, POLL_MS);
      const finish = (reply: Reply | Death) => {
        clearInterval(poll);
        resolve(reply);
      };
      this.#listener = (reply) => {
        if (reply.kind === "progress" || reply.kind === "finding") {
          since = Date.now();
          onReply(reply);
        } else finish(reply);
      };
    });
  }
}

function firstLine(text: string): string {
  return text.split("\n").find((line) => /error|fatal|abort/i.test(line)) ?? text.trim().split("\n").at(-1) ?? "";
}
