/** Compares gradients with central differences: (f(x + eps) - f(x - eps)) / (2 eps). */
import { backward } from "../autograd/backward.ts";
import { denseGradient } from "../autograd/gradient.ts";
import type { Tensor } from "../tensor.ts";

export interface GradientCheckOptions {
  /** Step of the difference. Default 1e-5, meant for float64. */
  readonly eps?: number;
  /** Largest error relative to the larger of the two values and 1e-3. Default 1e-6. */
  readonly rtol?: number;
}

/**
 * Checks the gradient of every element of every parameter.
 *
 * @param loss a function of the parameters with one element as its result; called twice for each element
 * @throws {Error} naming the parameter, the element and both values
 */
export function checkGradients(
  loss: (parameters: readonly Tensor[]) => Tensor,
  parameters: readonly Tensor[],
  options: GradientCheckOptions = {},
): void {
  const { eps = 1e-5, rtol = 1e-6 } = options;
  const { session } = parameters[0]!;
  const analytic = (() => {
    using _ = session.scope();
    const gradients = backward(loss(parameters));
    return parameters.map((parameter) => {
      const gradient = gradients.get(parameter);
      return gradient ? denseGradient(gradient).readSync() : new Float64Array(parameter.size);
    });
  })();
  const evaluate = (): number => {
    using _scope = session.scope();
    using _noGrad = session.noGrad();
    return loss(parameters).item();
  };
  parameters.forEach((parameter, which) => {
    const values = parameter.readSync();
    for (let i = 0; i < values.length; i++) {
      const original = values[i]!;
      const at = (value: number): number => {
        values[i] = value;
        parameter.write(values);
        return evaluate();
      };
      const numeric = (at(original + eps) - at(original - eps)) / (2 * eps);
      at(original);
      const got = analytic[which]![i]!;
      const error = Math.abs(got - numeric) / Math.max(Math.abs(got), Math.abs(numeric), 1e-3);
      if (!(error <= rtol)) {
        throw new Error(
          `checkGradients: parameter ${which} [${parameter.shape.join(", ")}], element ${i}: backward gives ${got}, central differences ${numeric} (relative error ${error.toExponential(1)} > ${rtol})`,
        );
      }
    }
  });
}
