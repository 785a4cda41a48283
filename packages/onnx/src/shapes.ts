/** Arithmetic of shapes and of places in row-major arrays. */

export type Shape = readonly number[];

export function sizeOf(shape: Shape): number {
  return shape.reduce((size, extent) => size * extent, 1);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis]!;
  }
  return strides;
}

/** The common shape, aligned at the end, where an extent of 1 stretches; undefined where there is none. */
export function broadcast(a: Shape, b: Shape): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const shape: number[] = [];
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) return undefined;
    shape.push(left === 1 ? right : left);
  }
  return shape;
}

/** For each place in `target` the place in `shape` that it shows, where `shape` broadcasts to `target`. */
export function broadcastPlaces(shape: Shape, target: Shape): Int32Array {
  const own = stridesOf(shape);
  const offset = target.length - shape.length;
  const strides = target.map((_, axis) => (axis < offset || shape[axis - offset] === 1 ? 0 : own[axis - offset]!));
  return stridedPlaces(target, strides, 0);
}

/** For each place in `shape`, row-major: `start` plus its coordinates times `strides`. */
export function stridedPlaces(shape: Shape, strides: readonly number[], start: number): Int32Array {
  const places = new Int32Array(sizeOf(shape));
  const at = new Array<number>(shape.length).fill(0);
  let place = start;
  for (let i = 0; i < places.length; i++) {
    places[i] = place;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis] = at[axis]! + 1;
      place += strides[axis]!;
      if (at[axis]! < shape[axis]!) break;
      place -= strides[axis]! * shape[axis]!;
      at[axis] = 0;
    }
  }
  return places;
}
