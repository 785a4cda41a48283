/** How a caller watches a training run, and stops it. */

/** What is going on: counting texts, merging pairs (BPE, WordPiece), collecting and dropping tokens (unigram). */
export type TrainingPhase = "counting" | "merging" | "seeding" | "pruning";

export interface TrainingProgress {
  readonly phase: TrainingPhase;
  /** Texts while counting, tokens while merging, dropped tokens while pruning. */
  readonly done: number;
  /** What `done` rises to, if that is known. Texts may be used up, and pairs too rare, before. */
  readonly total: number | undefined;
}

export interface TrainingWatch {
  /** Called now and then, many times a second. */
  readonly onProgress?: ((progress: TrainingProgress) => void) | undefined;
  /** Looked at as often as progress is reported; its reason is thrown. */
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
