/** The files of a dataset: fetched or verified, and told one by one. */
import {
  adviceOn,
  type FileReport,
  fetchDataset,
  findCard,
  type LocatedCard,
  verifyDataset,
} from "@cellstate/data/node";
import { dataContext } from "../../datasets.ts";
import { CliError } from "../../errors.ts";
import { formatTable } from "../../terminal/format.ts";
import { print } from "../../terminal/print.ts";

/** A file of a dataset is missing or is not the one that the card names: exit 1. */
class VerifyError extends CliError {
  override readonly name = "VerifyError";
  readonly exitCode = 1;
}

/** What `cellstate data fetch` does. */
export async function fetchFiles(name: string): Promise<void> {
  const located = await findCard(name, dataContext());
  await report(name, located, await fetchDataset(located));
}

/** What `cellstate data verify` does. */
export async function verifyFiles(name: string): Promise<void> {
  const located = await findCard(name, dataContext());
  await report(name, located, await verifyDataset(located));
}

/** @throws {VerifyError} unless every file is whole */
async function report(name: string, located: LocatedCard, files: readonly FileReport[]): Promise<void> {
  print(describeFiles(located.card.name, files));
  const bad = files.filter(({ status }) => status !== "ok");
  if (bad.length === 0) return;
  const faults = bad.map(({ file, status }) => `${file}: ${status}`).join("; ");
  throw new VerifyError(`${name} is not whole: ${faults}; ${await adviceOn(located, bad)}`);
}

function describeFiles(name: string, files: readonly FileReport[]): string {
  if (files.length === 0) return `${name} is generated and has no files\n`;
  const rows = files.map(({ file, status, origin, path }) => [file, status, origin ?? "-", path ?? "-"]);
  return formatTable([["file", "status", "from", "path"], ...rows], { left: true });
}
