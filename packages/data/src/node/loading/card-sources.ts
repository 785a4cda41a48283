/** The sources of a dataset whose card lists files. */

import { isHeldOut, isRows } from "../../config/card.ts";
import { columnsOf, DEFAULT_DEV_FRACTION } from "../../config/section.ts";
import type { CardFile, CardSplit, DataConfig, FileCard } from "../../config.ts";
import { DataConfigError } from "../../errors.ts";
import { type Fields, neededRoles, runningRoleOf } from "../../fields.ts";
import type { Columns } from "../../record.ts";
import type { LocatedCard } from "../cards/find-cards.ts";
import { resolveFile } from "../files/resolve-file.ts";
import type { LoadContext } from "./context.ts";
import type { Labels } from "./record-of.ts";
import type { HeldOut, Sources } from "./sources.ts";
import { splitKeyOf } from "./split-key.ts";
import type { SplitSource } from "./split-source.ts";

/**
 * Finds every file that a card's splits need, by download where it is nowhere else.
 *
 * @throws {DataConfigError} if neither the config nor the card tells the column of a role
 * @throws {DataError} as `resolveFile`
 */
export async function cardSources(
  located: LocatedCard,
  card: FileCard,
  config: DataConfig,
  fields: Fields,
  context: LoadContext,
): Promise<Sources> {
  const columns = cardColumns(card, config, fields);
  const hashes: Record<string, string> = {};
  const locate = async (path: string): Promise<string> => {
    const file = card.files.find((entry) => entry.path === path) as CardFile;
    const resolved = await resolveFile(located, file, context);
    hashes[path] = resolved.sha256;
    return resolved.path;
  };
  const splits = new Map<string, SplitSource>();
  for (const [name, split] of Object.entries(card.splits)) {
    if (isHeldOut(split)) continue;
    const keyColumn = name === "train" ? splitKeyOf(config)?.column : undefined;
    splits.set(name, await splitSource(name, split, { card, columns, keyColumn, locate }));
  }
  const dev = card.splits.dev;
  return {
    name: card.name,
    columns,
    labels: labelsOf(card, columns),
    splits,
    hashes,
    heldOut: heldOutOf(card, config),
    heldOutFrom:
      dev !== undefined && isHeldOut(dev) ? dev.from : runningRoleOf(fields) === undefined ? "random" : "end",
  };
}

/** The card's list of labels, which is for the columns that the card itself names. */
function labelsOf({ labels, columns: own }: FileCard, columns: Columns): Labels | undefined {
  if (labels === undefined) return undefined;
  const named = Object.keys(columns).filter((role) => columns[role] === own[role]);
  return { names: labels, columns: named.flatMap((role) => own[role] ?? []), refuseOthers: true };
}

function cardColumns(card: FileCard, config: DataConfig, fields: Fields): Columns {
  const columns: Columns = { ...card.columns, ...columnsOf(config) };
  const missing = neededRoles(fields).filter((role) => columns[role] === undefined);
  if (missing.length > 0) {
    const has = Object.entries(card.columns).map(([role, column]) => `${role} (column ${column})`);
    throw new DataConfigError(
      "data.columns",
      `the card of ${card.name} does not say which column holds ${missing.join(" and ")}, only ${has.join(", ")}; ` +
        `name it, such as columns: { ${missing.map((role) => `${role}: ...`).join(", ")} }, or use a task for such data`,
    );
  }
  return Object.fromEntries(Object.entries(columns).filter(([role]) => Object.hasOwn(fields, role)));
}

function heldOutOf(card: FileCard, config: DataConfig): HeldOut[] {
  const parts: HeldOut[] = [];
  for (const [split, key] of [
    ["dev", "devFraction"],
    ["test", "testFraction"],
  ] as const) {
    const declared = card.splits[split];
    const asked = config[key];
    if (declared !== undefined && !isHeldOut(declared)) {
      if (asked === undefined) continue;
      throw new DataConfigError(`data.${key}`, `${card.name} has a ${split} split of its own; remove ${key}`);
    }
    const fraction = asked ?? declared?.fraction ?? (split === "dev" ? DEFAULT_DEV_FRACTION : undefined);
    if (fraction !== undefined) parts.push({ split, fraction });
  }
  const others = Object.entries(card.splits).filter(([split]) => split !== "dev" && split !== "test");
  for (const [split, value] of others) if (isHeldOut(value)) parts.push({ split, fraction: value.fraction });
  return parts;
}

interface SplitOptions {
  readonly card: FileCard;
  readonly columns: Columns;
  readonly keyColumn: string | undefined;
  readonly locate: (path: string) => Promise<string>;
}

async function splitSource(name: string, split: CardSplit, options: SplitOptions): Promise<SplitSource> {
  const { card, columns, keyColumn, locate } = options;
  if (card.format !== "lines") {
    if (isRows(split)) return { paths: [await locate(split.file)], format: card.format, rows: split.rows };
    const paths: string[] = [];
    for (const file of typeof split === "string" ? [split] : (split as readonly string[]))
      paths.push(await locate(file));
    return { paths, format: card.format };
  }
  const files = split as Readonly<Record<string, string>>;
  const pathOfColumn: Record<string, string> = {};
  const read = Object.entries(columns).flatMap(([role, names]) =>
    [names].flat().map((column) => [role, column] as const),
  );
  if (keyColumn !== undefined) read.push(["split", keyColumn]);
  for (const [role, column] of read) {
    const file = files[column];
    if (file === undefined) {
      const has = Object.keys(files).join(", ");
      const key = role === "split" ? "data.split.column" : `data.columns.${role}`;
      throw new DataConfigError(key, `the split ${name} has no column ${JSON.stringify(column)}; it has ${has}`);
    }
    pathOfColumn[column] = await locate(file);
  }
  return { pathOfColumn };
}
