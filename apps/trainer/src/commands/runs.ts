/** `cellstate runs`: lists the runs below `runs/`, shows one or where it came from, tags and deletes them. */
import { Argument, Command } from "@commander-js/extra-typings";
import { type DefineCommand, example, type OptionsOf } from "../command-line/command.ts";
import { collect } from "../command-line/option-values.ts";
import { UsageError } from "../errors.ts";
import { quote } from "../terminal/shell.ts";

export type ListOptions = OptionsOf<typeof declareList>;
export type TagOptions = OptionsOf<typeof declareTag>;
export type DeleteOptions = OptionsOf<typeof declareDelete>;

export const runs: DefineCommand = (context) =>
  new Command("runs")
    .description("list the runs under runs/, show one or where it came from, tag and delete them")
    .addHelpText("after", example("cellstate runs"))
    .addCommand(list(context), { isDefault: true })
    .addCommand(show(context))
    .addCommand(lineage(context))
    .addCommand(tag(context))
    .addCommand(deleteCommand(context))
    .addCommand(compare(context));

const list: DefineCommand = ({ tasks }) =>
  declareList().action(async (options) => {
    const { printRuns } = await import("./runs/print-runs.ts");
    await printRuns(options, tasks);
  });

function declareList() {
  return new Command("list")
    .description("list the runs")
    .option("--all", "a line for each run of a sweep or of several seeds, in place of one for all of them")
    .option("--task <name>", "runs of this task alone")
    .option("--tag <name>", "runs with this tag alone; may be repeated", collect, [])
    .option(
      "--where <condition>",
      'runs alone for which it holds, such as "dev.accuracy > 0.8", "config.optimizer.kind = adamw" or "state != finished"; may be repeated',
      collect,
      [],
    )
    .option(
      "--sort <key>",
      "order by a value, such as dev.accuracy or trainSeconds: the best scores first, all else rising",
    )
    .option("--reverse", "the other way round")
    .option("--json", "print one JSON document with all values that can be asked for")
    .addHelpText("after", example('cellstate runs list --where "dev.accuracy > 0.8" --sort test.accuracy'));
}

const show: DefineCommand = ({ tasks }) =>
  new Command("show")
    .description("show the config and the scores of a run, or the runs of a sweep or of several seeds")
    .argument("<run>", "folder or name")
    .option("--json", "print one JSON document")
    .addHelpText("after", example("cellstate runs show my-run"))
    .action(async (run, options) => {
      const { showRun } = await import("./runs/show-run.ts");
      await showRun(run, options, tasks);
    });

const lineage: DefineCommand = () =>
  new Command("lineage")
    .description(
      "show what a run came from and what came from it: forks, weights, configs, runs of several seeds or a sweep",
    )
    .argument("<run>", "run folder or name")
    .option("--json", "print one JSON document")
    .addHelpText("after", example("cellstate runs lineage my-run"))
    .action(async (run, options) => {
      const { showLineage } = await import("./runs/show-lineage.ts");
      showLineage(run, options);
    });

const tag: DefineCommand = () =>
  declareTag().action(async (run, names, options) => {
    const { tagRun } = await import("./runs/tag-run.ts");
    tagRun(run, names, options);
  });

function declareTag() {
  return new Command("tag")
    .description("give a run tags, or take them away; without any, show them")
    .argument("<run>", "run folder or name")
    .argument("[name...]", "tags")
    .option("--remove <name>", "take this tag away; may be repeated", collect, [])
    .option("--json", "print one JSON document")
    .addHelpText("after", example("cellstate runs tag my-run baseline --remove draft"));
}

const deleteCommand: DefineCommand = () =>
  declareDelete().action(async (names, options) => {
    const { deleteRuns } = await import("./runs/delete-runs.ts");
    await deleteRuns(names, options);
  });

function declareDelete() {
  return new Command("delete")
    .description("delete runs, sweeps and runs of several seeds, after a question; what is being trained is refused")
    .addArgument(new Argument("<run...>", "folders or names"))
    .option("--yes", "do not ask")
    .option("--json", "print one JSON document; needs --yes")
    .addHelpText("after", example("cellstate runs delete my-run"));
}

/** It has a command of its own; whoever looks for it here is told so. */
const compare: DefineCommand = () =>
  new Command("compare")
    .description("see: cellstate compare")
    .argument("[run...]", "runs")
    .allowUnknownOption()
    .addHelpText("after", example("cellstate runs compare a b"))
    .action((names) => {
      throw new UsageError(
        `runs are compared by a command of its own: cellstate compare ${names.map(quote).join(" ")}`,
      );
    });
