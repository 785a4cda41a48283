/** The first thing in which a run and its repetition differ, as an error that ends the repetition on the spot. */

export class Difference extends Error {
  override readonly name = "Difference";
}
