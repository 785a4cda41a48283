/** Where the files of a dataset lie, without a look at their contents. */
import { resolve } from "node:path";
import { type DataConfig, filesOf } from "../../config.ts";
import { findCard } from "../cards/find-cards.ts";
import { findLocal } from "../files/resolve-file.ts";
import type { LoadContext } from "./context.ts";

/**
 * The path of each file of a `data` section, by the name that `Dataset.hashes` has for it. Files of a card that are nowhere are left out,
 * and generated data have none.
 *
 * @param config  parsed by `dataConfig` of `@cellstate/data/config`
 * @throws {DatasetNotFoundError} if there is no such card
 * @throws {DatasetCardError} if the card is wrong
 */
export async function datasetFiles(config: DataConfig, context: LoadContext): Promise<ReadonlyMap<string, string>> {
  if (config.dataset === undefined) {
    const files = [config.train, config.dev, config.test].flatMap(filesOf);
    return new Map(files.map((file) => [file, resolve(context.configDir, file)]));
  }
  const located = await findCard(config.dataset, context);
  const found = new Map<string, string>();
  for (const file of "files" in located.card ? located.card.files : []) {
    const place = await findLocal(located, file, context);
    if (place !== undefined) found.set(file.path, place.path);
  }
  return found;
}
