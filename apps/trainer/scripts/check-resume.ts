/**
 * Shows that a run survives SIGKILL: kills a sentiment and a translation run at random moments, resumes each time, and
 * compares `model.safetensors` with that of an uninterrupted run.
 *
 *   node --conditions=@cellstate/source apps/trainer/scripts/check-resume.ts [kills, default 20] [sentiment|translation]
 */
import { spawn } from "node:child_process";
import { createHash, randomInt } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../bin/cellstate.mjs", import.meta.url));

/** Small runs of both kinds, with checkpoints so close that every part of the loop is hit. */
const experiments: Readonly<Record<string, readonly string[]>> = {
  sentiment: [
    ...["--config", "sentiment", "--set", "data.maxExamples=800", "--set", "training.epochs=6"],
    ...["--set", "training.checkpointEverySteps=7", "--set", "model.embedding.size=32"],
    ...["--set", "model.encoder.hiddenSize=32"],
  ],
  translation: [
    ...["--config", "dates", "--set", "data.maxExamples=600", "--set", "training.epochs=2"],
    ...["--set", "training.checkpointEverySteps=3", "--set", "training.batchSize=32"],
    ...["--set", "model.encoder.hiddenSize=16", "--set", "model.decoder.hiddenSize=16"],
  ],
};

/** Runs cellstate, killed after `killAfterMs` unless it ends before; says whether it was killed. */
function cellstate(args: readonly string[], killAfterMs?: number): Promise<{ killed: boolean; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.on("data", (part) => {
      stderr += part;
    });
    const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (signal === "SIGKILL") resolve({ killed: true, stderr });
      else if (code === 0) resolve({ killed: false, stderr });
      else reject(new Error(`cellstate ${args.join(" ")} ended with ${code ?? signal}:\n${stderr}`));
    });
  });
}

function weights(run: string): string {
  return createHash("sha256")
    .update(readFileSync(join(run, "model", "model.safetensors")))
    .digest("hex");
}

async function check(name: string, train: readonly string[], kills: number, folder: string): Promise<void> {
  const whole = join(folder, `${name}-whole`);
  const started = performance.now();
  await cellstate(["train", ...train, "--out", whole, "--quiet"]);
  const wholeMs = performance.now() - started;
  const expected = weights(whole);
  console.log(`${name}: uninterrupted in ${(wholeMs / 1000).toFixed(1)} s, weights ${expected.slice(0, 16)}`);

  let killed = 0;
  for (let round = 1; killed < kills; round++) {
    const run = join(folder, `${name}-${round}`);
    let killedHere = 0;
    for (let finished = false; !finished; ) {
      const begun = existsSync(join(run, "config.lock.json"));
      const args = begun ? ["train", "--resume", run] : ["train", ...train, "--out", run];
      // Once there are kills enough, the run may end in peace.
      const killAfterMs = killed + killedHere < kills ? randomInt(50, Math.ceil(wholeMs)) : undefined;
      const { killed: wasKilled, stderr } = await cellstate(args, killAfterMs);
      finished = !wasKilled;
      if (wasKilled) killedHere += 1;
      const from = /from (step \d+)/.exec(stderr)?.[1] ?? (begun ? "an early moment" : "the beginning");
      console.log(`${name}: run ${round} from ${from}: ${wasKilled ? `killed after ${killAfterMs} ms` : "finished"}`);
    }
    killed += killedHere;
    const found = weights(run);
    if (found !== expected)
      throw new Error(`${name}: after ${killedHere} kills the weights are ${found}, not ${expected}`);
    console.log(`${name}: run ${round} was killed ${killedHere} times and has the very same weights`);
  }
}

const kills = Number(process.argv[2] ?? 20);
const chosen = process.argv[3];
const folder = mkdtempSync(join(tmpdir(), "cellstate-resume-"));
try {
  for (const [name, train] of Object.entries(experiments)) {
    if (chosen === undefined || chosen === name) await check(name, train, kills, folder);
  }
  console.log("all resumed runs equal their uninterrupted ones");
} finally {
  rmSync(folder, { recursive: true, force: true });
}
