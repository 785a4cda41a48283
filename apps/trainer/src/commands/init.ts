/** `cellstate init`: writes a config for own data. */
import { Command } from "@commander-js/extra-typings";
import { type DefineCommand, example, type OptionsOf } from "../command-line/command.ts";
import { collect } from "../command-line/option-values.ts";

export type InitOptions = OptionsOf<typeof declareInit>;

export const init: DefineCommand = () =>
  declareInit().action(async (options) => {
    const { initConfig } = await import("./init/init-config.ts");
    const { canAsk, Questions } = await import("../terminal/questions.ts");
    const asks = options.yes !== true && canAsk();
    await initConfig(options, asks ? new Questions({ title: "cellstate init: a config for your data" }) : undefined);
  });

function declareInit() {
  return new Command("init")
    .description("look at your data and write a config that trains on them; on a terminal, asks what is not given")
    .option(
      "--data <file|folder>",
      "a file of rows or plain text, a folder with files called train, dev and test, or parallel lines such as train.en; may be repeated",
      collect,
      [],
    )
    .option("--task <name>", "what to train. Default: a guess by the columns")
    .option(
      "--columns <role=column,...>",
      "which columns to read, such as text=review,label=stars; text=title+review joins two. Default: a guess",
      collect,
      [],
    )
    .option("--output <file>", "the config. Default: the name of the data with .yaml, in this folder")
    .option("-y, --yes", "ask nothing, and take what is guessed")
    .option("--force", "overwrite a config that is there")
    .addHelpText("after", example("cellstate init --data reviews.csv"));
}
