/** What a generator of made-up data is: texts by role for each split, the same from the same seed on every engine. */

/** @typeParam Sizes  records of each split that it makes */
export interface Generator<Options, Sizes extends object, Role extends string = string> {
  /** What each record holds a text for. */
  readonly roles: readonly Role[];
  /** @throws {DataConfigError} if the sizes ask for more different records than there are */
  generate(
    options: Options,
    sizes: Sizes,
    seed: number,
  ): { readonly [Split in keyof Sizes]: readonly Readonly<Record<Role, string>>[] };
}
