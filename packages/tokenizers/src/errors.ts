/** Every error class of this package; all extend TokenizerError, so one `instanceof` catches them. */

/** The common ancestor of this package's errors. */
export class TokenizerError extends Error {
  override readonly name: string = "TokenizerError";
}

/** A tokenizer.json value is malformed, inconsistent or uses a component that this package does not have. */
export class TokenizerFormatError extends TokenizerError {
  override readonly name = "TokenizerFormatError";
  /** Where in the document, such as `model.vocab["the"]`; empty for the document itself. */
  readonly path: string;

  constructor(path: string, expected: string, got: string) {
    super(`tokenizer.json${path === "" ? "" : ` at ${path}`}: expected ${expected}, got ${got}`);
    this.path = path;
  }
}

/** A piece of text is not in the vocabulary and the model has no unknown token to stand for it. */
export class UnknownTokenError extends TokenizerError {
  override readonly name = "UnknownTokenError";
  constructor(piece: string) {
    super(
      `encode: ${JSON.stringify(piece)} is not in the vocabulary and the model has no unknown token; ` +
        "train with the special token unk, or with text that covers it",
    );
  }
}

/** An id lies outside the vocabulary. */
export class UnknownIdError extends TokenizerError {
  override readonly name = "UnknownIdError";
  constructor(id: number, vocabSize: number) {
    super(`decode: expected ids from 0 to ${vocabSize - 1}, got ${id}`);
  }
}

/** This tokenizer does not have the special token that was asked for. */
export class MissingSpecialTokenError extends TokenizerError {
  override readonly name = "MissingSpecialTokenError";
  constructor(role: string, candidates: readonly string[]) {
    super(
      `tokenizer: has no ${role} token, expected one of ${candidates.join(", ")} among the special added tokens; ` +
        `train with the special token ${role}, or say which token it is with withSpecialTokens`,
    );
  }
}

/** The options of training are impossible, such as a vocabulary that is smaller than its special tokens. */
export class TrainingError extends TokenizerError {
  override readonly name = "TrainingError";
}

/** The options of truncation leave no tokens, or cannot reach the length. */
export class TruncationError extends TokenizerError {
  override readonly name = "TruncationError";
  constructor(problem: string) {
    super(`truncation: ${problem}`);
  }
}

/** An option of padding is out of range. */
export class PaddingError extends TokenizerError {
  override readonly name = "PaddingError";
  constructor(problem: string) {
    super(`padding: ${problem}`);
  }
}

/** A text is too long for memory, or became so by normalization. */
export class TextTooLongError extends TokenizerError {
  override readonly name = "TextTooLongError";
  constructor(length: number, longest: number) {
    super(
      `tokenizer: expected a text of at most ${longest} UTF-16 code units, also when normalized, got ${length} or more; ` +
        "take its lines or other parts one by one",
    );
  }
}

/** The search for a pattern takes too much time or memory. */
export class PatternError extends TokenizerError {
  override readonly name = "PatternError";
  /** @param reason such as "took longer than 1 s" */
  constructor(component: string, pattern: string, length: number, reason: string) {
    super(
      `${component}: searching a text of ${length} UTF-16 code units for the pattern ${pattern} ${reason}; ` +
        "use a pattern without a repetition inside another, or shorter texts",
    );
  }
}

/** The runtime lacks something that a component needs, such as `Intl.Segmenter`. */
export class UnsupportedRuntimeError extends TokenizerError {
  override readonly name = "UnsupportedRuntimeError";
}

/** A SentencePiece model file is malformed, or of a kind that this package does not read. */
export class SentencePieceFormatError extends TokenizerError {
  override readonly name = "SentencePieceFormatError";
  /** Where in the model, such as `trainer_spec.model_type`; empty for the file itself. */
  readonly path: string;

  constructor(path: string, expected: string, got: string) {
    super(`SentencePiece model${path === "" ? "" : ` at ${path}`}: expected ${expected}, got ${got}`);
    this.path = path;
  }
}

/** A line of vocab.txt or merges.txt is malformed. */
export class VocabularyFileError extends TokenizerError {
  override readonly name = "VocabularyFileError";
  /** @param line counted from 1 */
  constructor(file: "vocab.txt" | "merges.txt", line: number, expected: string, got: string) {
    super(`${file} at line ${line}: expected ${expected}, got ${got}`);
  }
}

/** A file is no tokenizer but something else, which the message names. */
export class ForeignFileError extends TokenizerError {
  override readonly name = "ForeignFileError";
  /** @param what it is, and what to do instead */
  constructor(what: string) {
    super(`expected a tokenizer, got ${what}`);
  }
}

/** There is no tokenizer at a path. */
export class TokenizerNotFoundError extends TokenizerError {
  override readonly name = "TokenizerNotFoundError";
  constructor(path: string, problem: string) {
    super(`tokenizer file ${path}: ${problem}`);
  }
}

/** A tokenizer file is malformed, or asks for what this package does not have; `cause` is what its reader threw. */
export class TokenizerFileError extends TokenizerError {
  override readonly name = "TokenizerFileError";
  constructor(file: string, cause: Error) {
    super(`${file}: ${cause.message}`, { cause });
  }
}

/** A segmenter of the caller gave words that do not make up the text. */
export class SegmenterError extends TokenizerError {
  override readonly name = "SegmenterError";
  constructor(segmenter: string, expected: string, got: string) {
    super(
      `Segmenter: expected ${segmenter} to give the words of the text, here ${JSON.stringify(expected.slice(0, 60))}, ` +
        `got ${got === "" ? "no more" : JSON.stringify(got.slice(0, 60))}`,
    );
  }
}
