/** The cards of datasets: all of them in a table, or one as it is written. */
import { readFileSync } from "node:fs";
import { findCard, listCards } from "@cellstate/data/node";
import { dataContext, datasetsFolder } from "../../datasets.ts";
import { formatTable } from "../../terminal/format.ts";
import { print } from "../../terminal/print.ts";

/** Characters of a licence that the table shows. */
const MAX_LICENSE = 40;

/** What `cellstate data list` does. */
export async function printDatasets(): Promise<void> {
  const rows = (await listCards(datasetsFolder())).map(({ card }) => [card.name, card.title, shorten(card.license)]);
  print(formatTable([["name", "title", "licence"], ...rows], { left: true }));
}

/** What `cellstate data show` does. */
export async function printCard(name: string): Promise<void> {
  const { file } = await findCard(name, dataContext());
  print(`# ${file}\n${readFileSync(file, "utf8")}`);
}

function shorten(text: string): string {
  const line = text.trim().replace(/\s+/g, " ");
  return line.length > MAX_LICENSE ? `${line.slice(0, MAX_LICENSE - 3)}...` : line;
}
