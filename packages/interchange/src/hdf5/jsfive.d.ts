/** The part of jsfive that is used here; it comes without types. */
declare module "jsfive" {
  /** What lies behind a name in a file: messages, each with its place. */
  export interface DataObjects {
    readonly shape: readonly number[];
    /** Such as `<f4`; a list for texts of any length and references. */
    readonly dtype: string | readonly unknown[];
    find_msg_type(type: number): readonly ReadonlyMap<string, number>[];
  }

  export class Group {
    readonly keys: string[];
    readonly attrs: Readonly<Record<string, unknown>>;
    get(path: string): Group | Dataset | null;
  }

  export class Dataset {
    readonly attrs: Readonly<Record<string, unknown>>;
    readonly _dataobjects: DataObjects;
  }

  export class File extends Group {
    constructor(bytes: ArrayBuffer, name?: string);
  }
}
