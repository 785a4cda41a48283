/** The process that fuzzes one target: runs ranges of inputs, or one that it is given, and tells what came of them. */
import module from "node:module";
import { ReachedCode } from "./coverage.ts";
import { CurrentInput } from "./current-input.ts";
import { Judge, type Judged } from "./judge.ts";
import { makeInput } from "./make-input.ts";
import { emptyTally, type Reply, type Request, type Tally } from "./messages.ts";
import type { OpenTarget } from "./target.ts";
import { findTarget } from "./targets.ts";

const PROGRESS_MS = 250;

const [name = "", folder = ""] = process.argv.slice(2);
const reply = (message: Reply) => process.send?.(message);

let open: OpenTarget;
try {
  open = await findTarget(name).open(folder);
  const judge = new Judge(open);
  process.on("message", (request: Request) => answer(request, judge).catch(reportBroken));
  reply({ kind: "ready" });
  module.flushCompileCache(); // the process does not end by itself
} catch (error) {
  reportBroken(error);
}

/** Anything that fails outside the judge is a fault of the fuzzer. */
function reportBroken(error: unknown): void {
  reply({ kind: "broken", message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}

async function answer(request: Request, judge: Judge): Promise<void> {
  if (request.kind === "range") await runRange(request, judge);
  else {
    const { outcome } = await judge.judge(request.input);
    reply({ kind: "outcome", outcome });
  }
}

async function runRange(request: Request & { readonly kind: "range" }, judge: Judge): Promise<void> {
  const { seed, from, to, skip, deadline, guided } = request;
  const current = new CurrentInput(folder);
  const reached = guided ? new ReachedCode() : undefined;
  const bases = [...open.seeds];
  const tally = emptyTally();
  let told = Date.now();
  for (let index = from; index < to && Date.now() < deadline; index++) {
    const input = makeInput({ target: name, seed, index }, open, bases);
    current.set(index, input);
    if (!skip.includes(index)) {
      const judged = await judge.judge(input);
      count(tally, judged);
      if (index < open.seeds.length && !judged.outcome.accepted) tally.refusedSeeds += 1;
      if ("finding" in judged.outcome) reply({ kind: "finding", index, finding: judged.outcome.finding, input });
      if (reached?.grew() === true) {
        bases.push(input);
        tally.kept += 1;
      }
    }
    tally.inputs += 1;
    if (Date.now() - told > PROGRESS_MS) {
      told = Date.now();
      reply({ kind: "progress", tally });
      await new Promise(setImmediate);
    }
  }
  current.close();
  reply({ kind: "done", tally });
}

function count(tally: Tally, { outcome, milliseconds }: Judged): void {
  if (outcome.accepted) tally.accepted += 1;
  else if ("refused" in outcome) tally.refused[outcome.refused] = (tally.refused[outcome.refused] ?? 0) + 1;
  tally.slowestMs = Math.max(tally.slowestMs, milliseconds);
}
