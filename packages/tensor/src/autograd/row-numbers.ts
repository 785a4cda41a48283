/** Numbers of a table's rows: which there are, and which place each has among them. */

/** Each number once, rising. */
export function distinctRows(numbers: ArrayLike<number>): Int32Array {
  const sorted = Int32Array.from(numbers).sort();
  return sorted.filter((number, at) => at === 0 || number !== sorted[at - 1]);
}

/** The place of each number in `rows`, which rise; -1 where it is not among them. */
export function slotsAmong(rows: Int32Array, numbers: Int32Array): Int32Array {
  return numbers.map((number) => {
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle]! < number) low = middle + 1;
      else high = middle;
    }
    return rows[low] === number ? low : -1;
  });
}
