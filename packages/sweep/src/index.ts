/** The public names of this package. */

export { createSearch, type SearchedTraining, type SearchOptions } from "./create-search.ts";
export { SweepError } from "./errors.ts";
// methods, for searches of one's own
export { allAtOnce } from "./methods/all-at-once.ts";
export {
  type Bracket,
  type HyperbandOptions,
  hyperband,
  hyperbandBrackets,
  hyperbandSize,
} from "./methods/hyperband.ts";
export { gridPoints, latinHypercubePoints, randomPoints } from "./methods/points.ts";
export { type HalvingOptions, successiveHalving } from "./methods/successive-halving.ts";
export { type TreeParzenOptions, treeParzen } from "./methods/tree-parzen.ts";
// ask and tell
export { type Direction, type Method, type Outcome, rank, Search, type Trial } from "./search.ts";
// search spaces
export { isChoice, type Parameter, type Range, type Space, type Values } from "./space.ts";
