/** Options of a stack of recurrent layers that contradict each other, told by the section before any layer is made. */
import type { z } from "zod";
import { type RecurrentSizes, unitsOf } from "./ranges.ts";

interface StackOptions extends RecurrentSizes {
  readonly readingOrder?: string | undefined;
  readonly residual?: boolean | undefined;
  readonly highway?: boolean | undefined;
}

/** As the layers themselves refuse them (`layers/recurrent-options.ts`). */
export function optionsAgree(section: object, context: z.RefinementCtx): void {
  const options = section as StackOptions;
  for (const [option, message] of conflictsOf(options)) {
    context.addIssue({ code: "custom", path: [option], message });
  }
}

function* conflictsOf(options: StackOptions): Iterable<readonly [option: keyof StackOptions, message: string]> {
  const { hiddenSize, numLayers, bidirectional = false, readingOrder = "forward" } = options;
  const { residual = false, highway = false } = options;
  if (bidirectional && readingOrder !== "forward") {
    yield ["readingOrder", "must be forward, or left out, with bidirectional, which reads in both directions"];
  }
  if (typeof hiddenSize !== "number" && numLayers !== undefined && numLayers !== hiddenSize.length) {
    yield ["numLayers", `must be ${hiddenSize.length}, as hiddenSize lists, or left out`];
  }
  if (residual && highway) yield ["highway", "must be false with residual, of which it takes the place"];
  if ((residual || highway) && new Set(unitsOf(options)).size > 1) {
    const name = residual ? "residual" : "highway";
    yield ["hiddenSize", `must be one size for all layers with ${name}, which adds layers up`];
  }
}
