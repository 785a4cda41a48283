/** Times training steps of language models of many sizes. */
import type { Session } from "@cellstate/tensor";
import type { Measurement, RequestOf } from "../request.ts";
import { languageModelShape } from "../shapes.ts";
import { median } from "../statistics.ts";
import { repeatWarm, timeOnce } from "../timing.ts";
import { makeStep } from "./step.ts";

/** Milliseconds by name of the sizes. */
export async function measureSlopes(session: Session, { sizes, seconds }: RequestOf<"slopes">): Promise<Measurement> {
  const measured: Record<string, number> = {};
  for (const [name, size] of Object.entries(sizes)) {
    using _ = session.scope();
    const step = makeStep(session, languageModelShape(size));
    measured[name] = median(await repeatWarm({ seconds, atLeast: 3 }, () => timeOnce(step)));
  }
  return measured;
}
