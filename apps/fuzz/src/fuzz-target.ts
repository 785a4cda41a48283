/** Fuzzes one target from start to end: restarts the process where an input ends it, and makes each new finding small. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { saveFinding } from "./corpus.ts";
import { addTally, emptyTally, type Tally } from "./messages.ts";
import { minimise } from "./minimise.ts";
import { type Finding, type Outcome, signatureOf } from "./outcome.ts";
import type { Target } from "./target.ts";
import { WorkerProcess } from "./worker-process.ts";

export interface FuzzOptions {
  readonly seed: number;
  /** Inputs to make. */
  readonly inputs: number;
  /** After which no further input is begun. */
  readonly seconds: number;
  /** Whether inputs that reach new code are changed further. */
  readonly guided: boolean;
  /** Milliseconds after which an input that gives no answer is given up. Default: as `LIMITS` says. */
  readonly patienceMs?: number | undefined;
  /** Where findings are kept; undefined keeps none. */
  readonly corpus?: string | undefined;
}

/** A finding with the smallest input that showed it. */
export interface KeptFinding extends Finding {
  readonly input: Uint8Array;
  /** Its file in the corpus. */
  readonly file: string | undefined;
  /** Inputs that showed it. */
  count: number;
}

export interface TargetReport extends Tally {
  readonly target: string;
  readonly seconds: number;
  readonly findings: readonly KeptFinding[];
}

/** Different findings of one target that are made small; more are only counted. */
const MAX_FINDINGS = 20;
const QUICK_TRIES = 400;
/** Where each try may take seconds. */
const SLOW_TRIES = 8;

export async function fuzzTarget(target: Target, options: FuzzOptions): Promise<TargetReport> {
  return await inFolder(async (folder) => {
    const begun = Date.now();
    const { tally, found } = await runAll(target, folder, options);
    const findings: KeptFinding[] = [];
    for (const finding of found) {
      const input = findings.length < MAX_FINDINGS ? await smallest(target, folder, finding) : finding.input;
      const file = options.corpus === undefined ? undefined : saveFinding(target, finding, input, options.corpus);
      findings.push({ ...finding, input, file });
    }
    return { target: target.name, ...tally, seconds: (Date.now() - begun) / 1000, findings };
  });
}

/** What one input does, in a process of its own. */
export async function replay(target: Target, inputs: readonly Uint8Array[]): Promise<Outcome[]> {
  return await inFolder(async (folder) => {
    const outcomes: Outcome[] = [];
    const runner = new SingleRunner(target, folder);
    for (const input of inputs) outcomes.push(await runner.run(input));
    runner.end();
    return outcomes;
  });
}

async function runAll(target: Target, folder: string, options: FuzzOptions) {
  const { seed, inputs, seconds, guided, patienceMs } = options;
  const found = new FindingsByCause();
  const skip: number[] = [];
  let tally = emptyTally();
  let deadline: number | undefined;
  while (tally.inputs < inputs) {
    const worker = await WorkerProcess.start(target.name, folder);
    deadline ??= Date.now() + seconds * 1000;
    let part = emptyTally();
    const last = await worker.ask(
      { kind: "range", seed, from: tally.inputs, to: inputs, skip, deadline, guided },
      {
        patienceMs,
        onReply: (reply) => {
          if (reply.kind === "progress") part = reply.tally;
          else if (reply.kind === "finding") found.add(reply.index, reply.finding, reply.input);
        },
      },
    );
    worker.end();
    if (last.kind === "broken") throw new Error(`internal: target ${target.name}: ${last.message}`);
    tally = addTally(tally, last.kind === "done" ? last.tally : part);
    if (last.kind !== "death") break;
    // What was not told before the end is run again, but for the input that ended it.
    const current = worker.current;
    if (current === undefined) throw new Error(`internal: ${target.name} ended early: ${last.finding.message}`);
    found.add(current.index, last.finding, current.input);
    skip.push(current.index);
  }
  return { tally, found: found.list() };
}

type Found = Finding & { readonly input: Uint8Array; readonly count: number };

/** Findings, those of one cause together with the smallest input that showed it. */
class FindingsByCause {
  readonly #byCause = new Map<string, Found>();
  readonly #indexes = new Set<number>();

  /** @param index  of the input; what an input showed counts once, also if it is run again */
  add(index: number, finding: Finding, input: Uint8Array): void {
    if (this.#indexes.has(index)) return;
    this.#indexes.add(index);
    const cause = signatureOf(finding);
    const known = this.#byCause.get(cause);
    const count = (known?.count ?? 0) + 1;
    const isSmaller = known === undefined || input.length < known.input.length;
    this.#byCause.set(cause, isSmaller ? { ...finding, input, count } : { ...known, count });
  }

  list(): Found[] {
    return [...this.#byCause.values()];
  }
}

async function smallest(target: Target, folder: string, finding: Finding & { input: Uint8Array }): Promise<Uint8Array> {
  const signature = signatureOf(finding);
  const runner = new SingleRunner(target, folder);
  try {
    return await minimise(finding.input, {
      tries: ["hang", "slow", "memory", "crash"].includes(finding.kind) ? SLOW_TRIES : QUICK_TRIES,
      shows: async (input) => {
        const outcome = await runner.run(input);
        return "finding" in outcome && signatureOf(outcome.finding) === signature;
      },
    });
  } finally {
    runner.end();
  }
}

/** Runs single inputs, in one process as long as it lives. */
class SingleRunner {
  readonly #target: Target;
  readonly #folder: string;
  #worker: WorkerProcess | undefined;

  constructor(target: Target, folder: string) {
    this.#target = target;
    this.#folder = folder;
  }

  async run(input: Uint8Array): Promise<Outcome> {
    this.#worker ??= await WorkerProcess.start(this.#target.name, this.#folder);
    const reply = await this.#worker.ask({ kind: "one", input });
    if (reply.kind === "outcome") return reply.outcome;
    this.end();
    if (reply.kind === "death") return { accepted: false, finding: reply.finding };
    throw new Error(`internal: no outcome of ${this.#target.name}, but ${reply.kind}`);
  }

  end(): void {
    this.#worker?.end();
    this.#worker = undefined;
  }
}

async function inFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "cellstate-fuzz-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
