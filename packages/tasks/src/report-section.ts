/** What a task has to show of a split, as data: whoever draws the report knows no task, and a task no HTML. */

/** One section; `kind` says how it is drawn. */
export type ReportSection =
  | TableSection
  | ConfusionSection
  | HeatMapsSection
  | CurvesSection
  | TextsSection
  | MarkedSection;

interface Section {
  readonly title: string;
  /** A sentence above it. */
  readonly note?: string;
}

/** Rows of texts and numbers. */
export interface TableSection extends Section {
  readonly kind: "table";
  readonly columns: readonly { readonly title: string; readonly isNumber?: boolean }[];
  readonly rows: readonly (readonly (string | number)[])[];
}

/** How often each true name (a row) was taken for each predicted one (a column). */
export interface ConfusionSection extends Section {
  readonly kind: "confusion";
  readonly names: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/** Matrices of values in 0..1 between two lists of names, such as what each token of an answer looked at. */
export interface HeatMapsSection extends Section {
  readonly kind: "heatMaps";
  readonly maps: readonly HeatMap[];
}

/** One matrix of a heat map section. */
export interface HeatMap {
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  /** A row for each of `rows`. */
  readonly values: readonly ArrayLike<number>[];
}

/** Lines over one axis. */
export interface CurvesSection extends Section {
  readonly kind: "curves";
  readonly xLabel: string;
  readonly series: readonly {
    readonly name: string;
    /** Those with `low` and `high` have a band from one to the other, such as an interval. */
    readonly points: readonly {
      readonly x: number;
      readonly y: number;
      readonly low?: number;
      readonly high?: number;
    }[];
    /** Whether each point is marked; for few points. */
    readonly isMarked?: boolean;
  }[];
}

/** Paragraphs, such as generated texts. */
export interface TextsSection extends Section {
  readonly kind: "texts";
  readonly texts: readonly string[];
}

/** Texts with parts that are marked, such as names. */
export interface MarkedSection extends Section {
  readonly kind: "marked";
  readonly texts: readonly { readonly title: string; readonly parts: readonly MarkedPart[] }[];
}

/** A piece of a text; the pieces together are the text. */
export interface MarkedPart {
  readonly text: string;
  /** What it is said to be; undefined for a piece that is not marked. */
  readonly label?: string;
  /** What it is in truth, where `label` is wrong. */
  readonly fault?: string;
}
