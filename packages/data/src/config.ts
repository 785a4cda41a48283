/** The schemas of this package, with all defaults: the `data` section of an experiment and the dataset card. */
export {
  type CardFile,
  type CardSplit,
  type DatasetCard,
  type FileCard,
  fileCardConfig,
  type GeneratorCard,
  generatorCardConfig,
  type Upstream,
} from "./config/card.ts";
export { pathConfig } from "./config/path.ts";
export { columnsOf, type DataConfig, type DataFiles, dataConfig, filesOf } from "./config/section.ts";
export { type ArithmeticOptions, arithmeticOptions } from "./generators/arithmetic/options.ts";
export { type DatesOptions, datesOptions } from "./generators/dates/options.ts";
