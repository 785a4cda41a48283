/** What a generator of made-up data is: texts by role for each split, the same from the same seed on every engine. */

/** Records of each split. */
type GeneratedSizes = Readonly<Record<GeneratedSplit, number>>;
type GeneratedSplit = "train" | "dev" | "test";

export interface Generator<Options, Role extends string = string> {
  /** What each record holds a text for. */
  readonly roles: readonly Role[];
  /** @throws {DataConfigError} if the sizes ask for more different records than there are */
  generate(
    options: Options,
    sizes: GeneratedSizes,
    seed: number,
  ): Readonly<Record<GeneratedSplit, readonly Readonly<Record<Role, string>>[]>>;
}
