/** Which checkpoints a finished run keeps. */

/**
 * `none`: the saved model has the best weights; `last`: the state after the last step; `best`: the state at the best dev score,
 * or the last one if no score was finite.
 */
export const KEPT_CHECKPOINTS = ["none", "last", "best"] as const;
export type KeptCheckpoints = (typeof KEPT_CHECKPOINTS)[number];
