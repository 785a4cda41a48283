/** The public names of `@cellstate/tasks/starters`: first configs of what was seen of data files. */
export { parseTime } from "./forecasting/times.ts";
export { SPACELESS } from "./spaceless.ts";
export type {
  Certainty,
  ColumnFacts,
  DataFacts,
  Draft,
  DraftSection,
  Guess,
  Starter,
  TimeFacts,
} from "./starters/starter.ts";
export { starters } from "./starters/starters.ts";
