/** Makes an input smaller as long as it shows the same finding. */

export interface MinimiseOptions {
  /** Inputs that may be tried. */
  readonly tries: number;
  /** Whether an input still shows the finding. */
  readonly shows: (input: Uint8Array) => Promise<boolean>;
}

/** Takes ranges out, large ones first (Zeller's delta debugging, over bytes), then replaces bytes by plain ones. */
export async function minimise(input: Uint8Array, { tries, shows }: MinimiseOptions): Promise<Uint8Array> {
  let smallest = input;
  let left = tries;
  const attempt = async (candidate: Uint8Array): Promise<boolean> => {
    if (left <= 0) return false;
    left -= 1;
    if (!(await shows(candidate))) return false;
    smallest = candidate;
    return true;
  };
  for (let size = Math.ceil(smallest.length / 2); size >= 1 && left > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < smallest.length && left > 0; ) {
      const without = new Uint8Array(Buffer.concat([smallest.subarray(0, at), smallest.subarray(at + size)]));
      if (!(await attempt(without))) at += size;
    }
  }
  return smallest;
}
