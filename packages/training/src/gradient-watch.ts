/** Gradients as numbers, for whoever looks on: histograms, for instance. Nothing here influences a step. */
import { denseGradient, type Gradients, type Tensor } from "@cellstate/tensor";

/** Who is shown the gradients of some steps. */
export interface GradientWatch {
  /** Whether the gradients of a step, counted from 1, are wanted; reading them takes time. */
  isWanted(step: number): boolean;
  /** @param gradients  by parameter, before clipping; a parameter on which the loss does not depend has none */
  see(step: number, gradients: ReadonlyMap<string, ArrayLike<number>>): void;
}

/**
 * Shows gradients to who wants them.
 *
 * @param scale  a factor that they still lack
 */
export function showGradients(
  watch: GradientWatch | undefined,
  step: number,
  gradients: Gradients,
  { parameters, scale }: { readonly parameters: ReadonlyMap<string, Tensor>; readonly scale: number },
): void {
  if (watch?.isWanted(step) !== true) return;
  const values = new Map<string, ArrayLike<number>>();
  for (const [name, parameter] of parameters) {
    const gradient = gradients.get(parameter);
    if (gradient === undefined) continue;
    using _scope = parameter.session.scope();
    values.set(
      name,
      denseGradient(gradient)
        .readSync()
        .map((value) => scale * value),
    );
  }
  watch.see(step, values);
}
