/** Kubernetes: a batch is an indexed Job, a run a pod of it. */
import { relative } from "node:path";
import { ConfigError, writeJsonAtomic } from "@cellstate/files";
import { ExecutorError } from "../../errors.ts";
import { hashValue } from "../../run/lock-seals.ts";
import { type Batch, batchFilePath, taskName } from "../batch.ts";
import type { SweepPaths } from "../paths.ts";
import type { SweepSection } from "../section.ts";
import type { SweepPlan } from "../sweep-plan.ts";
import type { Executor, ExecutorContext } from "./executor.ts";
import { ask, schedulerExecutor } from "./scheduler.ts";

/** Times that a pod is begun anew before its run is left for the next job. */
const RETRIES = 2;
/** Seconds for which a job that has ended can be looked at. */
const KEPT_SECONDS = 86_400;
/** The longest name of a job whose pods have names. */
const MAX_NAME = 52;

type KubernetesOptions = NonNullable<SweepSection["kubernetes"]>;

/** @throws {ConfigError} if the config does not say where pods run, or the sweep is not on their volume */
export function kubernetesExecutor(context: ExecutorContext): Executor {
  const { paths, plan } = context;
  const options = kubernetesOptions(plan, paths);
  const namespace = options.namespace === undefined ? [] : ["--namespace", options.namespace];
  return schedulerExecutor(context, {
    threads: options.cpus,
    advice: "see: kubectl describe job, and kubectl logs of its pods",
    async submit(batch) {
      const path = batchFilePath(paths, batch.number, "kubernetes.json");
      const manifest = kubernetesJob(context, batch);
      writeJsonAtomic(path, manifest);
      await ask("kubectl", ["apply", ...namespace, "--filename", path]);
      return manifest.metadata.name;
    },
    async isActive(job) {
      const found = await ask("kubectl", ["get", "job", job, ...namespace, "--ignore-not-found", "--output", "json"]);
      return found.trim() !== "" && !hasEnded(found);
    },
  });
}

/** The config's `sweep.kubernetes`. @throws {ConfigError} if it is missing, or the sweep is not on its volume */
export function kubernetesOptions({ section, name }: SweepPlan, { folder }: SweepPaths): KubernetesOptions {
  const fail = (key: string, message: string): never => {
    throw new ConfigError([{ where: name, path: `sweep.kubernetes${key}`, message }]);
  };
  const { kubernetes = fail("", "is missing, and --executor kubernetes needs image, volumeClaim and mountPath") } =
    section;
  const inside = relative(kubernetes.mountPath, folder);
  if (inside === "" || inside.startsWith("..")) {
    fail(
      ".mountPath",
      `the sweep's folder ${folder} is not below ${kubernetes.mountPath}, so pods cannot reach it; give --out a folder below it`,
    );
  }
  return kubernetes;
}

/** @internal The manifest of a batch. */
export function kubernetesJob({ paths, plan }: Pick<ExecutorContext, "paths" | "plan">, batch: Batch) {
  const { image, volumeClaim, mountPath, command, cpus, memory, atOnce } = kubernetesOptions(plan, paths);
  const limits = { cpu: String(cpus), ...(memory === undefined ? {} : { memory }) };
  const labels = { "app.kubernetes.io/name": "cellstate", "app.kubernetes.io/component": "sweep" };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: jobName(plan.name, paths.folder, batch), labels },
    spec: {
      completions: batch.runs.length,
      parallelism: Math.min(atOnce, batch.runs.length),
      completionMode: "Indexed",
      backoffLimitPerIndex: RETRIES,
      ttlSecondsAfterFinished: KEPT_SECONDS,
      template: {
        metadata: { labels },
        spec: {
          restartPolicy: "Never",
          containers: [
            {
              name: "run",
              image,
              command,
              args: ["sweep", "--resume", paths.folder, "--task", taskName(batch, "$(JOB_COMPLETION_INDEX)")],
              resources: { requests: limits, limits },
              volumeMounts: [{ name: "sweep", mountPath }],
            },
          ],
          volumes: [{ name: "sweep", persistentVolumeClaim: { claimName: volumeClaim } }],
        },
      },
    },
  };
}

/** A name that DNS takes, the same for the same batch of the same folder. */
function jobName(name: string, folder: string, { number }: Batch): string {
  const end = `-${hashValue(folder).slice(0, 8)}-${number}`;
  const own = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  return `cellstate-${own}`.slice(0, MAX_NAME - end.length).replace(/-+$/, "") + end;
}

function hasEnded(text: string): boolean {
  try {
    const { status } = JSON.parse(text) as { status?: { conditions?: readonly { type?: string; status?: string }[] } };
    const ends = ["Complete", "Failed"];
    return (status?.conditions ?? []).some(({ type = "", status: is }) => ends.includes(type) && is === "True");
  } catch (error) {
    throw new ExecutorError(`kubectl get job: expected JSON, got ${text.slice(0, 100)}`, { cause: error });
  }
}
