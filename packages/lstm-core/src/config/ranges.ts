/** Ranges that the options of many sections have. */
import { z } from "zod";

/** A number of features, units, layers, ... */
export const size = z.int().min(1);

/** A share of features dropped in training. */
export const dropoutRate = z.number().min(0).lt(1).describe("share of features dropped in training, 0 <= rate < 1");
