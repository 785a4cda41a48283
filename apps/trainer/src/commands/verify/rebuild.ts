/** What of a damaged folder can be rebuilt, and from what. */
import { asCaller } from "../../paths.ts";
import { quote } from "../../terminal/shell.ts";
import type { Verification } from "./verify-folder.ts";

/** How one damaged file is made whole again, or why it cannot be. */
export function rebuildOf(file: string, found: Verification): string {
  if (found.kind === "model") return isExtra(file, found) ? "remove it" : "nothing here: copy the model folder again";
  const run = asCaller(found.folder);
  if (file === "config.lock.json") {
    return isDamaged("config.yaml", found)
      ? "nothing: put a copy back"
      : `nothing: put the old values back, or train anew: cellstate train --config ${quote(`${run}/config.yaml`)}`;
  }
  if (isDamaged("config.lock.json", found)) return "nothing until config.lock.json is whole";
  if (file === "config.yaml") return "configText in config.lock.json is its text";
  if (isExtra(file, found)) return "remove it";
  return found.finished ? ofFinished(file, found, run) : ofUnfinished(file, found, run);
}

function ofUnfinished(file: string, { checkpoints }: Verification, run: string): string {
  const resume = `cellstate train --resume ${quote(run)}`;
  if (!file.startsWith("checkpoints/")) return `${resume} leaves the damaged lines out`;
  const from = checkpoints.length === 0 ? "begins anew" : `goes on from the checkpoint of step ${checkpoints[0]}`;
  return `${resume} ${from} and comes to the same weights`;
}

function ofFinished(file: string, found: Verification, run: string): string {
  if (file.startsWith("checkpoints/")) return "not needed: the run has finished; remove it";
  if (file === "metrics.jsonl") return "only by training anew, with other times; nothing else needs it";
  if (file === "data-lines.json") return "not at all: reproduce then names a file that changed without its line";
  if (file === "start.safetensors") return "copy the checkpoint of its parent again, which config.lock.json names";
  if (file === "metrics.csv") return "metrics.jsonl holds the same; nothing needs it";
  const again = `rm ${quote(`${run}/result.json`)} && cellstate train --resume ${quote(run)}`;
  const [step] = found.checkpoints;
  const from = step === undefined ? "data and config, by training again" : `data and the checkpoint of step ${step}`;
  const own = `from ${from}: ${again}`;
  const modelIsWhole = !found.faults.some(({ file: other }) => other.startsWith("model"));
  if (!modelIsWhole) return own;
  if (file.startsWith("predictions/"))
    return `${own}; its lines also from data and model: cellstate predict ${quote(run)} --input <file>`;
  if (file === "result.json") return `${own}; its scores also from data and model: cellstate evaluate ${quote(run)}`;
  return own;
}

function isDamaged(name: string, { faults }: Verification): boolean {
  return faults.some(({ file }) => file === name);
}

/** A file that no manifest lists is in the way, not damaged. */
function isExtra(name: string, { faults }: Verification): boolean {
  return faults.some(({ file, fault }) => file === name && fault.startsWith("is not listed in "));
}
