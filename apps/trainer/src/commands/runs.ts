/** `cellstate runs`: lists the runs below `runs/`, or shows one. */
import { Command } from "@commander-js/extra-typings";
import { type DefineCommand, example } from "../command-line/command.ts";

export const runs: DefineCommand = (context) =>
  new Command("runs")
    .description("list the runs under runs/, or show one")
    .addHelpText("after", example("cellstate runs"))
    .addCommand(list(context), { isDefault: true })
    .addCommand(show(context));

const list: DefineCommand = ({ tasks }) =>
  new Command("list")
    .description("list the runs")
    .addHelpText("after", example("cellstate runs list"))
    .action(async () => {
      const { printRuns } = await import("./runs/print-runs.ts");
      await printRuns(tasks);
    });

const show: DefineCommand = ({ tasks }) =>
  new Command("show")
    .description("show the config and the scores of a run")
    .argument("<run>", "run folder or name")
    .addHelpText("after", example("cellstate runs show my-run"))
    .action(async (run) => {
      const { showRun } = await import("./runs/show-run.ts");
      await showRun(run, tasks);
    });
