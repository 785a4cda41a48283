import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { tasks } from "@cellstate/tasks";
import { beforeAll, describe, expect, test } from "vitest";
import { runTask } from "../src/commands/sweep/run-task.ts";
import { beginSweep, sweepToEnd } from "../src/commands/sweep/sweep-experiment.ts";
import { type Batch, taskName } from "../src/sweep/batch.ts";
import type { ExecutorContext } from "../src/sweep/executors/executor.ts";
import { kubernetesJob } from "../src/sweep/executors/kubernetes.ts";
import { schedulerExecutor } from "../src/sweep/executors/scheduler.ts";
import { slurmScript } from "../src/sweep/executors/slurm.ts";
import type { SweepResult } from "../src/sweep/sweep-result.ts";
import { createProgress } from "../src/terminal/progress.ts";
import { cellstate, tinyConfig } from "./cellstate.ts";
import { file, lastingFolder } from "./folders.ts";
import { inProcess } from "./in-process.ts";
import { sweepInProcess } from "./sweep-in-process.ts";

const folder = lastingFolder();
const config = join(folder, "tiny.yaml");
const at = (...path: string[]) => join(folder, ...path);
const quiet = createProgress({ quiet: true, stream: { write: () => true } });

const search = `sweep:
  method: grid
  parameters: { optimizer.learningRate: [0.02, 0.01] }
  slurm: { partition: long, time: "01:00:00", memory: 2G, cpus: 2, atOnce: 1, setup: [export MARK=set] }
  kubernetes: { image: registry.example/cellstate:1, volumeClaim: sweeps, mountPath: ${folder}, memory: 2Gi }
  command: 'echo {run} with {threads} >> ${folder}/lines.txt && {command}'
`;

/** Programs that stand in for those of a scheduler, in a folder of their own that goes before all others in PATH. */
function standIn(name: string, script: string): void {
  const bin = at("bin");
  mkdirSync(bin, { recursive: true });
  chmodSync(file(bin, name, `#!/bin/sh\n${script}`), 0o755);
}

beforeAll(() => {
  tinyConfig(folder, search);
  // Runs the tasks of a script one after the other in the background, as Slurm would on one node.
  standIn(
    "sbatch",
    `last=$(sed -n 's/^#SBATCH --array=0-\\([0-9]*\\).*/\\1/p' "$2")
(for task in $(seq 0 "$last"); do SLURM_ARRAY_TASK_ID=$task bash "$2" > "$2.$task.out" 2>&1; done; rm -f "${folder}/job") &
touch "${folder}/job"
echo "17;cluster"`,
  );
  standIn(
    "squeue",
    `if [ -e "${folder}/job" ]; then echo RUNNING; else echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1; fi`,
  );
  // Runs each index of a Job with this program in place of the image.
  standIn(
    "kubectl",
    `if [ "$1" = apply ]; then exec "${process.execPath}" "${folder}/run-job.mjs" "$3"; fi
echo '{ "status": { "conditions": [{ "type": "Complete", "status": "True" }] } }'`,
  );
  file(
    folder,
    "run-job.mjs",
    `import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
const { spec } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const { args } = spec.template.spec.containers[0];
for (let index = 0; index < spec.completions; index++) {
  const own = args.map((arg) => arg.replaceAll("$(JOB_COMPLETION_INDEX)", String(index)));
  spawnSync(process.env.CELLSTATE_NODE, [process.env.CELLSTATE_BIN, ...own], { stdio: "inherit" });
}
`,
  );
});

describe("a scheduler", () => {
  /** Jobs that train their runs in this process: the first one `trained` of them, those after it all. */
  const jobs = (context: ExecutorContext, trained: number, submitted: Batch[]) =>
    schedulerExecutor(
      context,
      {
        threads: 1,
        advice: "look there",
        async submit(batch) {
          const isFirst = submitted.length === 0;
          const count = isFirst ? trained : batch.runs.length;
          submitted.push(batch);
          for (let index = 0; index < count; index++)
            await runTask(context.paths.folder, taskName(batch, index), tasks, quiet);
          if (isFirst) leaveLock(join(context.paths.runs, batch.runs.at(-1)!.run));
          return `job-${batch.number}`;
        },
        isActive: async () => false,
      },
      { lookMs: 1, askMs: 1, settleMs: 1 },
    );

  async function sweepBy(
    out: string,
    makeExecutor: (context: ExecutorContext) => ReturnType<typeof jobs>,
  ): Promise<SweepResult> {
    const options = { config, set: [], out, quiet: true as const };
    const { folderLock, ...begun } = await beginSweep(options, tasks);
    try {
      return await sweepToEnd({ ...begun, options, makeExecutor });
    } finally {
      folderLock.release();
    }
  }

  test("is handed what a job left that was cut off, and finds what a sweep on this machine finds", async () => {
    const submitted: Batch[] = [];
    const result = await sweepBy(at("early"), (context) => jobs(context, 1, submitted));
    expect(submitted.map(({ runs }) => runs.map(({ run }) => run))).toEqual([["001", "002"], ["002"]]);
    expect(result).toEqual(await sweepInProcess({ config, out: at("alone") }));
  });

  test("whose jobs come to nothing is given up, with the runs that are missing", async () => {
    const never = (context: ExecutorContext) =>
      schedulerExecutor(
        context,
        { threads: 1, advice: "look there", submit: async () => "job", isActive: async () => false },
        { lookMs: 1, askMs: 1, settleMs: 1 },
      );
    await expect(sweepBy(at("never"), never)).rejects.toThrow(
      "job job ended before these runs had a score: 001, 002; look there",
    );
  });
});

describe("slurm", () => {
  test("gets an array job whose tasks are the runs", async () => {
    const { paths, plan, folderLock } = await beginSweep({ config, set: [], out: at("script") }, tasks);
    folderLock.release();
    const runs = [1, 2].map((point) => ({ run: `00${point}`, point, seed: 3, epochs: null }));
    const script = slurmScript({ paths, plan }, { number: 4, runs, threads: 2 });
    expect(script.split("\n").slice(0, 13)).toEqual([
      "#!/bin/bash",
      "#SBATCH --job-name=cellstate-tiny",
      "#SBATCH --array=0-1%1",
      `#SBATCH --output="${at("script", "batches", "4.%a.log")}"`,
      "#SBATCH --open-mode=append",
      "#SBATCH --cpus-per-task=2",
      "#SBATCH --partition=long",
      "#SBATCH --time=01:00:00",
      "#SBATCH --mem=2G",
      "#SBATCH --signal=B:TERM@60",
      "set -e",
      "export MARK=set",
      expect.stringMatching(/^exec .* sweep --resume \S+ --task "4:\$\{SLURM_ARRAY_TASK_ID\}"$/),
    ]);
    const checked = spawnSync("shellcheck", ["-"], { input: script, encoding: "utf8" });
    if (checked.error === undefined) expect(checked.stdout).toBe(""); // where there is a shellcheck
  });

  test("trains a sweep by sbatch and squeue", async () => {
    const { code, stdout, stderr } = await sweepWith("slurm", "by-slurm");
    expect(stderr).toContain("job     17, 2 runs");
    expect(code).toBe(0);
    expect(stdout).toContain("best    point ");
    expect(existsSync(at("by-slurm", "batches", "1.job.json"))).toBe(true);
  }, 120_000);

  test("that is not there is named, and the sweep goes on elsewhere", async () => {
    const PATH = lastingPath();
    const options = { cwd: folder, env: { PATH } };
    const { code, stderr } = await cellstate(
      ["sweep", "--config", "tiny.yaml", "--executor", "slurm", "--out", "none"],
      options,
    );
    expect(code).toBe(1);
    expect(stderr).toContain("there is no command sbatch on this machine");
    expect(existsSync(at("none", "sweep.lock.json"))).toBe(true);
  });
});

describe("kubernetes", () => {
  test("gets an indexed job whose pods are the runs", async () => {
    const { paths, plan, folderLock } = await beginSweep({ config, set: [], out: at("manifest") }, tasks);
    folderLock.release();
    const runs = [1, 2, 3].map((point) => ({ run: `00${point}`, point, seed: 3, epochs: 1 }));
    const { metadata, spec } = kubernetesJob({ paths, plan }, { number: 2, runs, threads: 1 });
    expect(metadata.name).toMatch(/^cellstate-tiny-[0-9a-f]{8}-2$/);
    expect(spec).toMatchObject({ completions: 3, parallelism: 3, completionMode: "Indexed" });
    const [container] = spec.template.spec.containers;
    expect(container).toMatchObject({
      image: "registry.example/cellstate:1",
      command: ["cellstate"],
      args: ["sweep", "--resume", at("manifest"), "--task", "2:$(JOB_COMPLETION_INDEX)"],
      resources: { limits: { cpu: "1", memory: "2Gi" } },
      volumeMounts: [{ mountPath: folder }],
    });
  });

  test("trains a sweep by kubectl, here with a stand-in that runs each index in place of a pod", async () => {
    const { code, stderr } = await sweepWith("kubernetes", "by-kubernetes");
    expect(stderr).toMatch(/job {5}cellstate-tiny-[0-9a-f]{8}-1, 2 runs/);
    expect(code).toBe(0);
    expect(readFileSync(at("by-kubernetes", "sweep.json"), "utf8")).toBe(
      readFileSync(at("alone", "sweep.json"), "utf8"),
    );
  }, 120_000);

  test("whose volume does not hold the sweep is refused", async () => {
    const { code, stderr } = await inProcess(
      ["sweep", "--config", "tiny.yaml", "--executor", "kubernetes", "--set", "sweep.kubernetes.mountPath=/srv/sweeps"],
      folder,
    );
    expect(code).toBe(2);
    expect(stderr).toMatch(/sweep\.kubernetes\.mountPath: the sweep's folder .* is not below \/srv\/sweeps/);
  });
});

test("command makes a shell line of each run", async () => {
  rmSync(at("lines.txt"), { force: true });
  const { code } = await sweepWith("command", "by-command");
  expect(code).toBe(0);
  expect(readFileSync(at("lines.txt"), "utf8").split("\n").toSorted().join("\n")).toBe("\n001 with 1\n002 with 1");
}, 120_000);

/** A sweep by an executor whose programs are the stand-ins. */
function sweepWith(executor: string, out: string) {
  const node = execFileSync("sh", ["-c", "command -v node"], { encoding: "utf8" }).trim();
  const env = {
    PATH: `${at("bin")}:${process.env.PATH}`,
    CELLSTATE_NODE: node,
    CELLSTATE_BIN: join(import.meta.dirname, "..", "bin", "cellstate.mjs"),
  };
  return cellstate(["sweep", "--config", "tiny.yaml", "--executor", executor, "--out", out, "--workers", "2"], {
    cwd: folder,
    env,
  });
}

/** What a job leaves whose computer was switched off. */
function leaveLock(run: string): void {
  mkdirSync(run, { recursive: true });
  file(run, "run.lock", JSON.stringify({ pid: 1, host: "elsewhere", started: "" }));
}

/** A PATH without any scheduler. */
function lastingPath(): string {
  const empty = at("empty");
  mkdirSync(empty, { recursive: true });
  return empty;
}
