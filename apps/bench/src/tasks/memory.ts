/** Measures what a long training takes of memory. */
import type { Session } from "@cellstate/tensor";
import type { Measurement, RequestOf } from "../request.ts";
import { shapes } from "../shapes.ts";
import { makeStep } from "./step.ts";

/** Bytes: `growth` of the resident memory from a tenth of the steps to their end, and the `peak` of the process. */
export function measureMemory(session: Session, { shape, steps }: RequestOf<"memory">): Measurement {
  const step = makeStep(session, shapes[shape]);
  const early = Math.ceil(steps / 10);
  for (let taken = 0; taken < early; taken++) step();
  const before = process.memoryUsage.rss();
  for (let taken = early; taken < steps; taken++) step();
  const growth = process.memoryUsage.rss() - before;
  return { growth, peak: 1024 * process.resourceUsage().maxRSS };
}
