/** The section `sweep` of a config: the search of `@cellstate/sweep`, and what each executor needs to know. */
import { sweepSchema } from "@cellstate/sweep/config";
import { z } from "zod";

const line = z.string().regex(/^[^\n\r]*$/, "must be one line");
const word = z.string().regex(/^[^\s'"]+$/, "must be one word, without quotes");

const slurm = z
  .strictObject({
    partition: word.optional().describe("partition that jobs go to. Default: the cluster's"),
    account: word.optional().describe("account that is charged. Default: the user's"),
    time: word
      .optional()
      .describe("time limit of a job, such as 02:00:00; one that runs into it goes on in the next job"),
    memory: word.optional().describe("memory of a job, such as 4G. Default: the partition's"),
    cpus: z.int().min(1).max(1024).default(1).describe("processors of a job, and threads of its training"),
    atOnce: z
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .describe("jobs that run at the same time. Default: as many as there is room for"),
    options: z.array(line).default([]).describe("further #SBATCH options, such as --constraint=avx512"),
    setup: z.array(line).default([]).describe("shell lines before the training, such as module load nodejs"),
  })
  .prefault({})
  .describe("jobs of --executor slurm");

const kubernetes = z
  .strictObject({
    image: word.describe("container image in which `cellstate` can be called"),
    volumeClaim: word.describe("persistent volume claim that holds the sweep's folder and the data"),
    mountPath: z
      .string()
      .startsWith("/", "must be an absolute path")
      .describe("where the claim is mounted, here and in the pods; the sweep's folder lies below it"),
    namespace: word.optional().describe("namespace of the job. Default: that of kubectl's context"),
    command: z.array(z.string()).min(1).default(["cellstate"]).describe("what calls cellstate in the container"),
    cpus: z.int().min(1).max(1024).default(1).describe("processors of a pod, and threads of its training"),
    memory: word.optional().describe("memory of a pod, such as 4Gi. Default: no limit"),
    atOnce: z.int().min(1).max(10_000).default(10).describe("pods that run at the same time"),
  })
  .optional()
  .describe("job of --executor kubernetes");

const command = z
  .string()
  .includes("{command}", { message: "must contain {command}, which stands for what is to be run" })
  .optional()
  .describe(
    "shell line of --executor command, which returns when its run has ended; {command} stands for what is to be run, {run} for the run's name, {threads} for its threads",
  );

export const sweepSection = sweepSchema({ slurm, kubernetes, command });
export type SweepSection = z.infer<typeof sweepSection>;
