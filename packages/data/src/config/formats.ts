/** How files may be laid out. */

/** `lines` is plain text, one example a line; `conll` and `conllu` have one word a line and an empty line between sentences. */
export const dataFormats = ["tsv", "csv", "jsonl", "lines", "conll", "conllu"] as const;
export type DataFormat = (typeof dataFormats)[number];
