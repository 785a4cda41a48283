/** The section of a config that says which trained model a new one begins with. */
import { pathConfig } from "@cellstate/data/config";
import { z } from "zod";

const name = z.string().min(1);

export const initConfig = z
  .strictObject({
    from: pathConfig.describe(
      "folder of a finished run, or of a saved model, whose weights are taken; or a file of weights: .safetensors, .pt, .pth or .bin of PyTorch, .h5 or .keras of Keras",
    ),
    map: z
      .record(name, name)
      .optional()
      .describe(
        'which of its parameters become which of ours, by names in which * stands for any letters, such as { "encoder.*": "encoder.*" }; others are not taken. Default: all, by equal names; of a language model for another task its embedding and its layers',
      ),
    skip: z.array(name).default([]).describe("parameters of ours that begin anew all the same, such as [classifier.*]"),
    strict: z
      .boolean()
      .default(true)
      .describe("whether the run is refused where anything does not fit; false: what does not fit begins anew"),
    fitted: z
      .boolean()
      .default(false)
      .describe(
        "also takes what that model learned before its weights (tokenizer, labels and so on), instead of learning it from this training data",
      ),
  })
  .describe("begins with the weights of a trained model (fine-tuning)");
export type InitConfig = z.infer<typeof initConfig>;
