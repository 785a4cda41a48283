/** The dataset of a card whose data are generated. */

import { hashText } from "@cellstate/files";
import { columnKeyOf, columnsOf } from "../../config/section.ts";
import type { DataConfig, GeneratorCard } from "../../config.ts";
import { DataConfigError } from "../../errors.ts";
import { type Fields, neededRoles } from "../../fields.ts";
import { generateSplits, generators } from "../../generators/generators.ts";
import type { DataRecord, Dataset } from "../../record.ts";
import { samplePlaces } from "../../splits.ts";
import type { LocatedCard } from "../cards/find-cards.ts";
import { type Reading, recordOf } from "./record-of.ts";

/**
 * Generates every split from `data.seed`.
 *
 * @throws {DataConfigError} if the config has keys that mean nothing here, or the task reads roles that are not generated
 */
export function generateDataset<All extends Fields>(
  located: LocatedCard,
  card: GeneratorCard,
  config: DataConfig,
  fields: All,
): Dataset<All> {
  refuseKeys(card, config);
  const { roles } = generators[card.generator.name];
  const missing = neededRoles(fields).filter((role) => !roles.includes(role));
  if (missing.length > 0) {
    throw new DataConfigError(
      "data.dataset",
      `${card.name} is generated with ${roles.join(" and ")}, and this task reads ${missing.join(" and ")}; use a task for such data`,
    );
  }
  const columns = Object.fromEntries(roles.map((role) => [role, role]));
  const reading: Reading<All> = { fields, columns, purpose: "learn" };
  const generated: Record<string, DataRecord<All>[]> = {};
  const hashes: Record<string, string> = {};
  for (const [split, rows] of Object.entries(generateSplits(card.generator, config.seed))) {
    const file = `${located.file} (generated ${split})`;
    generated[split] = rows.map((record, i) => recordOf({ record, line: i + 1 }, reading, () => file));
    hashes[`${card.name}/${split}`] = hashText(
      rows.map((row) => `${roles.map((role) => row[role]).join("\t")}\n`).join(""),
    );
  }
  const { train = [], ...evaluated } = generated;
  const chosen = samplePlaces(train.length, config.maxExamples, config.seed);
  return {
    name: card.name,
    train: chosen === undefined ? train : Array.from(chosen, (place) => train[place]!),
    evaluated,
    hashes,
    columns,
  };
}

function refuseKeys(card: GeneratorCard, config: DataConfig): void {
  const [named] = Object.keys(columnsOf(config));
  const key = named === undefined ? undefined : columnKeyOf(config, named);
  const other = (["devFraction", "testFraction", "split", "fold", "shuffleBuffer"] as const).find(
    (one) => config[one] !== undefined,
  );
  const refused = key ?? other;
  if (refused === undefined) return;
  throw new DataConfigError(`data.${refused}`, `does not apply to ${card.name}, which is generated; remove it`);
}
