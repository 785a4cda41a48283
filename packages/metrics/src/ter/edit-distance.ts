/**
 * The edit distance under TER: words of a hypothesis are deleted, inserted or substituted until they are those of a reference. Of the table only a
 * beam around the diagonal is looked at, as sacreBLEU does.
 */

/** What makes a hypothesis a reference, step by step: a word stays, is substituted, inserted or deleted. */
export type EditOperation = "stay" | "substitute" | "insert" | "delete";

const OPERATIONS: readonly EditOperation[] = ["stay", "substitute", "insert", "delete"];
const STAY = 0;
const SUBSTITUTE = 1;
const INSERT = 2;
const DELETE = 3;
const BEAM = 25;
const UNREACHED = 2 ** 30;

/** Distances of hypotheses of one length from one reference; rows of the table are kept while hypotheses begin alike. */
export class EditDistances {
  readonly #reference: readonly string[];
  readonly #rows: number;
  readonly #columns: number;
  readonly #ratio: number;
  readonly #beam: number;
  readonly #costs: Int32Array;
  readonly #operations: Uint8Array;
  /** Of which the rows are. */
  #hypothesis: readonly string[] = [];
  #done = 0;

  /** @param length  words of the hypotheses */
  constructor(reference: readonly string[], length: number) {
    this.#reference = reference;
    this.#rows = length + 1;
    this.#columns = reference.length + 1;
    this.#ratio = length === 0 ? 1 : reference.length / length;
    // Where lengths differ so much that neighbouring rows of the beam would not meet, it is wider.
    this.#beam = BEAM < this.#ratio / 2 ? Math.ceil(this.#ratio / 2 + BEAM) : BEAM;
    this.#costs = new Int32Array(this.#rows * this.#columns).fill(UNREACHED);
    this.#operations = new Uint8Array(this.#rows * this.#columns);
    for (let column = 0; column < this.#columns; column++) this.#set(0, column, column, INSERT);
  }

  /** How many edits a hypothesis needs. */
  distance(hypothesis: readonly string[]): number {
    let same = 0;
    while (same < this.#done && hypothesis[same] === this.#hypothesis[same]) same++;
    this.#hypothesis = hypothesis;
    for (let row = same + 1; row < this.#rows; row++) this.#fill(row);
    this.#done = this.#rows - 1;
    return this.#costs.at(-1)!;
  }

  /** The edits of the last hypothesis. */
  edits(): EditOperation[] {
    const backwards: EditOperation[] = [];
    let [row, column] = [this.#rows - 1, this.#columns - 1];
    while (row > 0 || column > 0) {
      const operation = this.#operations[row * this.#columns + column]!;
      backwards.push(OPERATIONS[operation]!);
      if (operation !== INSERT) row--;
      if (operation !== DELETE) column--;
    }
    return backwards.reverse();
  }

  #set(row: number, column: number, cost: number, operation: number): void {
    this.#costs[row * this.#columns + column] = cost;
    this.#operations[row * this.#columns + column] = operation;
  }

  #fill(row: number): void {
    const columns = this.#columns;
    const costs = this.#costs;
    const diagonal = Math.floor(row * this.#ratio);
    const first = Math.max(0, diagonal - this.#beam);
    const end = row === this.#rows - 1 ? columns : Math.min(columns, diagonal + this.#beam);
    const word = this.#hypothesis[row - 1];
    for (let column = 0; column < columns; column++) costs[row * columns + column] = UNREACHED;
    for (let column = first; column < end; column++) {
      const above = (row - 1) * columns + column;
      if (column === 0) {
        this.#set(row, 0, costs[above]! + 1, DELETE);
        continue;
      }
      // Among equals: staying or substituting, then deleting, then inserting.
      const stays = word === this.#reference[column - 1];
      this.#set(row, column, costs[above - 1]! + (stays ? 0 : 1), stays ? STAY : SUBSTITUTE);
      if (costs[above]! + 1 < costs[row * columns + column]!) this.#set(row, column, costs[above]! + 1, DELETE);
      const before = costs[row * columns + column - 1]!;
      if (before + 1 < costs[row * columns + column]!) this.#set(row, column, before + 1, INSERT);
    }
  }
}
