/** Which records of train are held out, and which of the others are trained on. */
import { type DataConfig, filesOf } from "../../config.ts";
import { DataConfigError } from "../../errors.ts";
import type { Fields } from "../../fields.ts";
import { type Division, divide, divideIntoFolds, samplePlaces } from "../../splits.ts";
import type { Sources } from "./sources.ts";

/** What decides beside chance: the time or group of each record of train, or its class; empty where nothing does. */
export interface SplitKeys {
  readonly byColumn: readonly string[];
  readonly classes: readonly number[];
  /** Characters of each record of a running text. */
  readonly sizes: readonly number[];
}

/** The part of each record of train; see `divide`. */
export function partsOf(sources: Sources, config: DataConfig, count: number, keys: SplitKeys): Uint8Array {
  const { heldOut, heldOutFrom } = sources;
  const name = filesOf(config.train).join(", ") || sources.name;
  if (heldOut.length === 0) {
    if (config.split === undefined || config.fold !== undefined) return new Uint8Array(count);
    throw new DataConfigError(
      "data.split",
      `${name} comes with a dev set, so nothing is held out of train; remove split`,
    );
  }
  const division = divisionOf(config, heldOutFrom, keys);
  const isGrouped = division.by === "group";
  const items = isGrouped ? new Set(division.keys).size : count;
  if (items <= heldOut.length) {
    const [key, unit] = isGrouped
      ? ["data.split.column", "group"]
      : [config.train === undefined ? "data.dataset" : "data.train", "row"];
    const parts = heldOut.map(({ split }) => split).join(" and a ");
    const has = `${name} has ${items} ${unit}${items === 1 ? "" : "s"}`;
    throw new DataConfigError(
      key,
      `${has}, too few to hold out a ${parts} set; add rows${isGrouped ? " of others" : ""}`,
    );
  }
  const fractions = heldOut.map(({ fraction }) => fraction);
  return divide(count, fractions, division);
}

function divisionOf(
  { split, seed }: DataConfig,
  from: "random" | "end",
  { byColumn, classes, sizes }: SplitKeys,
): Division {
  const end: Division = { by: "end", sizes: sizes.length > 0 ? sizes : undefined };
  const random: Division = { by: "random", seed, keys: classes.length > 0 ? classes : undefined };
  switch (split?.by) {
    case undefined:
      return from === "end" ? end : random;
    case "random":
      return random;
    case "time":
      return split.column === undefined ? end : { by: "time", keys: byColumn };
    case "group":
      return { by: "group", keys: byColumn, seed };
    default:
      return split satisfies never;
  }
}

/** 1 for each record that is trained on: neither held out nor left out by `maxExamples`. */
export function trainPlaces(parts: Uint8Array, { maxExamples, seed }: DataConfig): Uint8Array {
  const rest: number[] = [];
  for (let place = 0; place < parts.length; place++) if (parts[place] === 0) rest.push(place);
  const places = new Uint8Array(parts.length);
  const chosen = samplePlaces(rest.length, maxExamples, seed);
  if (chosen === undefined) for (const place of rest) places[place] = 1;
  else for (const index of chosen) places[rest[index] as number] = 1;
  return places;
}

/** What of train is trained on, and what is the fold that is scored. */
export const FOLD_PART = 2;

/**
 * The places of `trainPlaces` in which the examples of the config's fold have {@link FOLD_PART}.
 *
 * @throws {DataConfigError} if the data are split by time, of which there are no folds, or there are fewer examples or groups than folds
 */
export function foldPlaces(places: Uint8Array, { split, fold, seed }: DataConfig, keys: SplitKeys): Uint8Array {
  if (fold === undefined) return places;
  if (split?.by === "time") {
    throw new DataConfigError(
      "data.split",
      "by time there are no folds, since each trains on what comes later; take random or group",
    );
  }
  const members: number[] = [];
  for (let place = 0; place < places.length; place++) if (places[place] === 1) members.push(place);
  const of = <Key>(list: readonly Key[]) => members.map((place) => list[place] as Key);
  const division: Extract<Division, { by: "random" | "group" }> =
    split?.by === "group"
      ? { by: "group", keys: of(keys.byColumn), seed }
      : { by: "random", seed, keys: keys.classes.length > 0 ? of(keys.classes) : undefined };
  const items = division.by === "group" ? new Set(division.keys).size : members.length;
  if (items < fold.of) {
    const unit = division.by === "group" ? "groups" : "training examples";
    throw new DataConfigError("data.fold.of", `there are ${items} ${unit}, too few for ${fold.of} folds; lower it`);
  }
  const folds = divideIntoFolds(members.length, fold.of, division);
  const folded = places.slice();
  for (const [index, place] of members.entries()) if (folds[index] === fold.index) folded[place] = FOLD_PART;
  return folded;
}

/** The role whose classes held-out parts have in the proportions of the whole: the first category among the targets. */
export function classRole(fields: Fields): string | undefined {
  return Object.keys(fields).find((role) => fields[role]?.target === true && fields[role]?.kind === "category");
}
