/** A model as training begins with it: first weights by seed, then what the config takes from elsewhere. */
import type { TaskModel } from "@cellstate/tasks";
import { Rng, type Session } from "@cellstate/tensor";
import type { Experiment } from "../config/schema.ts";
import type { Progress } from "../terminal/progress.ts";
import { describeTransfer, initModel } from "./init-source.ts";
import type { Prepared } from "./prepare.ts";
import { coverageWarning, describeCoverage, loadPretrained, type VectorCoverage } from "./pretrained.ts";

export interface BegunModel {
  readonly model: TaskModel;
  /** Of the files of word vectors that it begins with. */
  readonly coverages: readonly VectorCoverage[];
}

/**
 * Word vectors come before the weights of a trained model, whose rows are the better ones where it has them.
 *
 * @throws {DataFileError} if a file of word vectors cannot be used
 * @throws {TransferError} if the weights of the trained model do not fit
 */
export async function beginModel(
  session: Session,
  { pipeline, train, init }: Pick<Prepared, "pipeline" | "train" | "init">,
  { seed }: Pick<Experiment, "seed">,
  progress: Progress,
): Promise<BegunModel> {
  progress.end(); // so that what layers warn of stands on a line of its own
  const model = pipeline.build(session, new Rng(seed));
  if (pipeline.pretrained.length > 0) progress.phase("reading word vectors");
  const coverages = await loadPretrained(pipeline, model, train);
  for (const coverage of coverages) {
    progress.line(`vectors ${describeCoverage(coverage)}`);
    const warning = coverageWarning(coverage);
    if (warning !== undefined) progress.warn(`warning: ${warning}`);
  }
  if (init !== undefined) {
    const [first, ...faults] = describeTransfer(initModel(init, model, pipeline), init.options);
    progress.line(`init    ${first}`);
    for (const fault of faults) progress.warn(fault);
  }
  return { model, coverages };
}
