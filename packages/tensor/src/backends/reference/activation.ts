/** The activation functions that recurrent layers of one op may have. */
import type { RnnActivation } from "../../args/recurrent.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { maximum } from "./elementwise.ts";

export function activate(math: Arithmetic, activation: RnnActivation, x: number): number {
  switch (activation) {
    case "tanh":
      return math.tanh(x);
    case "relu":
      return maximum(x, 0);
    default:
      return activation satisfies never;
  }
}

/** The gradient of the function's argument from its value `y` and the gradient of that. */
export function slope({ round: r, fma }: Arithmetic, activation: RnnActivation, y: number, dy: number): number {
  switch (activation) {
    case "tanh":
      return r(dy * fma(-y, y, 1));
    case "relu":
      return y > 0 ? dy : 0;
    default:
      return activation satisfies never;
  }
}
