/** What a task reads of each record: fields by role, each with the kind of its values. */

/** The kinds of values, and what each is in memory. */
export interface FieldValues {
  /** Any text. */
  readonly text: string;
  /** One of a few names, such as a label; blanks around it do not count. */
  readonly category: string;
  /** Words or tags that are cut already: a list in JSONL, a text with single spaces between them elsewhere. */
  readonly tokens: readonly string[];
  /** A text, or the words that it is cut into already: a list in JSONL and in files of one word a line. */
  readonly words: string | readonly string[];
  /** Parts of a text that have a name, such as entities: in JSONL a list of `{start, end, label}` or of `[start, end, label]`. */
  readonly spans: readonly Span[];
  /** One finite number. */
  readonly number: number;
  /** A series of finite numbers: a list in JSONL, a text with spaces or commas between them elsewhere. */
  readonly numbers: readonly number[];
  /** Raw bytes, such as a picture or a sound: base64 in every format. */
  readonly bytes: Uint8Array;
}

/** A part of a text, `[start, end)` in UTF-16 code units from 0, and its name. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

/** The name of a kind, such as `text`. */
export type FieldKind = keyof FieldValues;

/** One thing that a task reads. */
export interface Field {
  readonly kind: FieldKind;
  /**
   * Whether it is what the model learns to give. Needed in training and evaluation; a record without it is one to predict.
   * Default false.
   */
  readonly target?: boolean;
  /** Whether any record may lack it, in training too. Default false. */
  readonly optional?: boolean;
  /**
   * Whether the values of a file go on one after the other, as the lines of a running text do: empty ones count too, and what is held out
   * is the end of the text by characters, unless the config says otherwise. Default false.
   */
  readonly running?: boolean;
  /** Whether it is read only where the config or the card names its column, and a column of its name alone means nothing. Default false. */
  readonly onlyNamed?: boolean;
  /** Columns that hold it where neither a column is named nor one is called like the role, the first that there is. Default: none. */
  readonly aliases?: readonly string[];
}

/** Fields by role, such as `{ text: { kind: "text" }, label: { kind: "category", target: true } }`. */
export type Fields = Readonly<Record<string, Field>>;

/** `undefined` for a field that a record may lack. */
type MayLack<One extends Field> = true extends One["target" & keyof One] | One["optional" & keyof One]
  ? undefined
  : never;

/** The values of a record by role: `undefined` where an optional or target role is missing. */
export type ValuesOf<All extends Fields> = {
  readonly [Role in keyof All]: FieldValues[All[Role]["kind"]] | MayLack<All[Role]>;
};

/** The role whose values go on one after the other, such as the lines of a running text. */
export function runningRoleOf(fields: Fields): string | undefined {
  return Object.keys(fields).find((role) => fields[role]?.running === true);
}

/** The roles that must be there to predict: what is neither a target nor optional. */
export function inputRoles(fields: Fields): string[] {
  return Object.keys(fields).filter((role) => fields[role]?.target !== true && fields[role]?.optional !== true);
}

/** The roles that must be there to learn, targets among them: all but the optional ones. */
export function neededRoles(fields: Fields): string[] {
  return Object.keys(fields).filter((role) => fields[role]?.optional !== true);
}

/**
 * Fields for data of which only the columns are known, any but the first of which may be missing: `label` holds a category, all
 * others texts.
 *
 * @param kinds  columns of other kinds, such as those that hold lists
 */
export function guessFields(columns: readonly string[], kinds: Readonly<Record<string, FieldKind>> = {}): Fields {
  return Object.fromEntries(
    columns.map((column) => {
      if (column === "label") return [column, { kind: "category", target: true }];
      return [column, { kind: kinds[column] ?? "text", optional: column !== columns[0] }];
    }),
  );
}
