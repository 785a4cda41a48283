/** An affine map of the last axis. */
import {
  linear,
  type OptionNames,
  type RandomStream,
  requireKnownOptions,
  type Session,
  type Tensor,
} from "@cellstate/tensor";
import { requireSize } from "../errors.ts";
import { glorotUniform } from "../initializers/glorot-uniform.ts";
import { zeros } from "../initializers/initializer.ts";
import { type Module, namedParameters } from "../module.ts";
import { makeParameter } from "./parameter.ts";

export interface LinearOptions {
  readonly inputSize: number;
  readonly outputSize: number;
  /** Whether a bias is added. Default true. */
  readonly bias?: boolean;
  /** Draws the first weights. */
  readonly stream: RandomStream;
}

const optionNames: OptionNames<LinearOptions> = { inputSize: true, outputSize: true, bias: true, stream: true };

/** `x * weight^T + bias`; the weight starts Glorot uniform, the bias zero. */
export class Linear implements Module {
  /** `[outputSize, inputSize]` */
  readonly weight: Tensor;
  /** `[outputSize]` */
  readonly bias: Tensor | undefined;

  /** @throws {OptionError} if an option is unknown or a size no integer of at least 1 */
  constructor(session: Session, options: LinearOptions) {
    requireKnownOptions("Linear", options, optionNames);
    const { inputSize, outputSize, bias = true, stream } = options;
    requireSize("Linear", "inputSize", inputSize);
    requireSize("Linear", "outputSize", outputSize);
    this.weight = makeParameter(session, {
      name: "weight",
      shape: [outputSize, inputSize],
      initializer: glorotUniform,
      stream,
    });
    if (bias) this.bias = makeParameter(session, { name: "bias", shape: [outputSize], initializer: zeros, stream });
  }

  /** `[..., inputSize]` to `[..., outputSize]`. */
  forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }

  parameters(): Map<string, Tensor> {
    return namedParameters(
      this.bias === undefined ? { weight: this.weight } : { weight: this.weight, bias: this.bias },
    );
  }
}
