/** How a caller watches a training run, and stops it. */

/** Counting texts, merging pairs (BPE, WordPiece), collecting tokens and dropping them (unigram). */
export type TrainingPhase = "counting" | "merging" | "seeding" | "pruning";

export interface TrainingProgress {
  readonly phase: TrainingPhase;
  /** Texts while counting, tokens while merging, dropped tokens while pruning. */
  readonly done: number;
  /** The most that `done` can reach; undefined if unknown. Training may end before, for lack of texts or frequent pairs. */
  readonly total: number | undefined;
}

export interface TrainingWatch {
  /** Called many times a second. Default none. */
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Stops training: its reason is thrown at the next report. Default none. */
  readonly signal?: AbortSignal | undefined;
}

/** @throws the reason of the signal if it is aborted */
export function report(
  { onProgress, signal }: TrainingWatch,
  phase: TrainingPhase,
  done: number,
  total?: number,
): void {
  onProgress?.({ phase, done, total });
  signal?.throwIfAborted();
}
