/** `cellstate data`: lists, shows, fetches, verifies and measures datasets. */
import { Command } from "@commander-js/extra-typings";
import { type DefineCommand, example } from "../command-line/command.ts";

export const data: DefineCommand = () =>
  new Command("data")
    .description("list, show, fetch, verify and measure datasets")
    .addHelpText("after", example("cellstate data stats reviews"))
    .addCommand(list(), { isDefault: true })
    .addCommand(show())
    .addCommand(fetch())
    .addCommand(verify())
    .addCommand(stats());

function list() {
  return new Command("list")
    .description("list the datasets that have a card")
    .addHelpText("after", example("cellstate data list"))
    .action(async () => {
      const { printDatasets } = await import("./data/print-cards.ts");
      await printDatasets();
    });
}

function show() {
  return ofDataset("show")
    .description("show a dataset's card")
    .action(async (name) => {
      const { printCard } = await import("./data/print-cards.ts");
      await printCard(name);
    });
}

function fetch() {
  return ofDataset("fetch")
    .description("download a dataset's files into the cache, unless they are there")
    .action(async (name) => {
      const { fetchFiles } = await import("./data/check-files.ts");
      await fetchFiles(name);
    });
}

function verify() {
  return ofDataset("verify")
    .description("check a dataset's files against the card's checksums")
    .action(async (name) => {
      const { verifyFiles } = await import("./data/check-files.ts");
      await verifyFiles(name);
    });
}

function stats() {
  return new Command("stats")
    .description("count examples, labels and lengths of a dataset or of a file")
    .argument("<name|file>", "name of the dataset, or a file")
    .addHelpText("after", example("cellstate data stats my-reviews.csv"))
    .action(async (nameOrFile) => {
      const { measureData } = await import("./data/measure-data.ts");
      await measureData(nameOrFile);
    });
}

function ofDataset(name: string) {
  return new Command(name)
    .argument("<name>", "name of the dataset")
    .addHelpText("after", example(`cellstate data ${name} reviews`));
}
