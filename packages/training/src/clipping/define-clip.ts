/** A way to clip each parameter's gradient by itself, from its parts: options, and what becomes of a gradient's elements. */
import { type Gradient, Gradients, gatherRows, type Tensor } from "@cellstate/tensor";
import { type Choice, completeOptions, type Options, type ValuesOf } from "../options.ts";

export interface ClipParts<Kind extends string, O extends Options> extends Choice<Kind, O> {
  /**
   * The clipped elements, or those that were given where nothing is to be clipped.
   *
   * @param values  of the gradient: of the parameter's shape, or the rows of it that the gradient has
   * @param weights  the elements of the parameter that they belong to, made when they are asked for
   */
  clip(values: Tensor, weights: () => Tensor, options: ValuesOf<O>): Tensor;
}

/** A line of the list of clips. */
export interface ClipChoice<Kind extends string = string, O extends Options = Options> extends Choice<Kind, O> {
  /** Clips gradients, in the innermost open scope. @throws {TrainingStateError} if an option is unknown or out of range */
  apply(given: object, gradients: Gradients, parameters: ReadonlyMap<string, Tensor>): Gradients;
}

export function defineClip<const Kind extends string, O extends Options>(
  parts: ClipParts<Kind, O>,
): ClipChoice<Kind, O> {
  return {
    ...parts,
    apply(given, gradients, parameters) {
      const options = completeOptions(parts, given);
      const clipped = new Map<Tensor, Gradient>();
      for (const parameter of parameters.values()) {
        const gradient = gradients.get(parameter);
        if (gradient === undefined) continue;
        const values = parts.clip(gradient.values, () => weightsOf(parameter, gradient), options);
        clipped.set(parameter, { ...gradient, values });
      }
      return new Gradients(clipped);
    },
  };
}

function weightsOf(parameter: Tensor, gradient: Gradient): Tensor {
  if (gradient.kind === "dense") return parameter;
  return gatherRows(parameter, gradient.rows.readSync() as Int32Array);
}
