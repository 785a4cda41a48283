/** Finding the first tensor that holds a NaN or an infinity. */
import { type Gradients, type Session, sumOfSquares, type Tensor } from "@cellstate/tensor";
import { NonFiniteError } from "./errors.ts";
import type { Weights } from "./training-state.ts";

/** The error for a loss that is not finite: blames a weight first, else the first recorded op. Call it before `backward`. */
export function nonFiniteLoss(
  step: number,
  loss: number,
  parameters: ReadonlyMap<string, Tensor>,
  session: Session,
): NonFiniteError {
  return new NonFiniteError(step, `the loss is ${loss}`, firstParameter(parameters) ?? firstOutput(session));
}

/** The error for a gradient norm that is not finite. */
export function nonFiniteGradient(
  step: number,
  gradients: Gradients,
  parameters: ReadonlyMap<string, Tensor>,
): NonFiniteError {
  for (const [name, parameter] of parameters) {
    const gradient = gradients.get(parameter);
    if (gradient !== undefined && !Number.isFinite(sumOfSquares(gradient))) {
      return new NonFiniteError(step, "a gradient is not finite", `the gradient of parameter ${name}`);
    }
  }
  return new NonFiniteError(step, "the norm of all gradients overflows", "their sum of squares");
}

/** @throws {NonFiniteError} if any weight is not finite */
export function requireFinite(step: number, weights: Weights): void {
  for (const [name, { data }] of weights) {
    const index = firstIndex(data);
    if (index >= 0) throw new NonFiniteError(step, "a weight is not finite", `parameter ${name}, element ${index}`);
  }
}

function firstParameter(parameters: ReadonlyMap<string, Tensor>): string | undefined {
  for (const [name, parameter] of parameters) {
    const index = firstIndex(parameter.readSync());
    if (index >= 0) return `parameter ${name}, element ${index}`;
  }
  return undefined;
}

function firstOutput(session: Session): string {
  const found = session.firstNonFinite();
  return found === undefined ? "the loss itself" : `the output of ${found.op}, element ${found.index}`;
}

function firstIndex(data: ArrayLike<number>): number {
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return i;
  return -1;
}
