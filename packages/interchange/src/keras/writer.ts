/** Which Keras wrote a file: the same words mean different things. */

export interface Writer {
  /** 1, 2 or 3. */
  readonly major: 1 | 2 | 3;
  /** As the file states it, such as `2.2.4-tf`. */
  readonly version: string;
  /** `tensorflow`, `theano`, ... */
  readonly backend: string;
}

/** The writer of a version such as `2.1.6-tf`; Keras 2 where none is stated, since Keras 1 and 3 have forms of their own. */
export function writerOf(version: string | undefined, backend = "tensorflow"): Writer {
  const stated = version ?? "";
  const major = Number.parseInt(stated, 10);
  return { major: major === 1 || major === 3 ? major : 2, version: stated === "" ? "2 (not stated)" : stated, backend };
}
