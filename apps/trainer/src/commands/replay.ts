/** `cellstate replay`: takes the step again at which a run became NaN or infinite. */
import { Argument, Command } from "@commander-js/extra-typings";
import { type DefineCommand, example, type OptionsOf } from "../command-line/command.ts";
import { backendOption, threadsOption } from "../command-line/compute-options.ts";

export type ReplayCommandOptions = OptionsOf<typeof declareReplay>;

export const replay: DefineCommand = ({ tasks }) =>
  declareReplay().action(async (run, options) => {
    const { replayRun } = await import("./replay/replay-run.ts");
    await replayRun(run, options, tasks);
  });

function declareReplay() {
  return new Command("replay")
    .description("take the step again at which a run became NaN or infinite, and say which tensor was the first")
    .addArgument(new Argument("<run>", "folder of a run that failed so"))
    .addOption(backendOption())
    .addOption(threadsOption())
    .option("--json", "print one JSON document: step, loss, gradientNorm, failed, tensor, batch")
    .addHelpText("after", example("cellstate replay runs/my-run"));
}
