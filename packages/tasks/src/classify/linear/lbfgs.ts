/** Minimises a smooth function by L-BFGS (Liu & Nocedal 1989). */

/** A function's value at a point; writes its gradient there. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

export interface MinimizeOptions {
  /** Ends where no element of the gradient is larger. */
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** Steps that are remembered. */
const MEMORY = 10;
/** Share of the slope by which a step must lower the value (Armijo). */
const SUFFICIENT = 1e-4;
/** Halvings of a step after which there is nothing to gain. */
const MAX_HALVINGS = 40;

interface Remembered {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

/** The point where the function is smallest, sought from `start`. */
export function minimize(objective: Objective, start: Float64Array, options: MinimizeOptions): Float64Array {
  const { tolerance, maxIterations } = options;
  let point = start.slice();
  let gradient = new Float64Array(point.length);
  let value = objective(point, gradient);
  const memory: Remembered[] = [];
  for (let iteration = 0; iteration < maxIterations && largest(gradient) > tolerance; iteration++) {
    const direction = descent(gradient, memory);
    const slope = dot(direction, gradient);
    if (!(slope < 0)) break;
    // The first direction is the gradient itself, of any length; those after it are scaled.
    let size = memory.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    const next = new Float64Array(point.length);
    const nextGradient = new Float64Array(point.length);
    let nextValue = Number.POSITIVE_INFINITY;
    let halvings = 0;
    for (; halvings <= MAX_HALVINGS; halvings++, size /= 2) {
      for (let i = 0; i < point.length; i++) next[i] = point[i]! + size * direction[i]!;
      nextValue = objective(next, nextGradient);
      if (nextValue <= value + SUFFICIENT * size * slope) break;
    }
    if (halvings > MAX_HALVINGS) break;
    remember(memory, difference(next, point), difference(nextGradient, gradient));
    [point, gradient, value] = [next, nextGradient, nextValue];
  }
  return point;
}

/** Minus the gradient times an estimate of the inverse Hessian: the two loops. */
function descent(gradient: Float64Array, memory: readonly Remembered[]): Float64Array {
  const direction = gradient.map((element) => -element);
  const shares = memory.map(() => 0);
  for (let k = memory.length - 1; k >= 0; k--) {
    const { step, change, curvature } = memory[k]!;
    shares[k] = dot(step, direction) / curvature;
    add(direction, change, -shares[k]!);
  }
  const last = memory.at(-1);
  if (last !== undefined) {
    const scale = last.curvature / dot(last.change, last.change);
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  }
  for (const [k, { step, change, curvature }] of memory.entries()) {
    add(direction, step, shares[k]! - dot(change, direction) / curvature);
  }
  return direction;
}

/** Keeps a step whose curvature is positive, as it is for a convex function but for rounding. */
function remember(memory: Remembered[], step: Float64Array, change: Float64Array): void {
  const curvature = dot(step, change);
  if (!(curvature > 0)) return;
  memory.push({ step, change, curvature });
  if (memory.length > MEMORY) memory.shift();
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

/** Adds `factor * b` to `a`. */
function add(a: Float64Array, b: Float64Array, factor: number): void {
  for (let i = 0; i < a.length; i++) a[i]! += factor * b[i]!;
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((element, i) => element - b[i]!);
}

function largest(values: Float64Array): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}
