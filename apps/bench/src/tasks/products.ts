/** Times matrix products, with the packing of the right side. */
import { matmul, type Session } from "@cellstate/tensor";
import { measurePeak } from "@cellstate/tensor/testing";
import type { Product } from "../flops.ts";
import { drawValues } from "../models.ts";
import type { Measurement, RequestOf } from "../request.ts";
import { median } from "../statistics.ts";
import { repeatWarm, timeOnce } from "../timing.ts";

/** Milliseconds by name of the products, and `peak` in operations a second. */
export async function measureProducts(
  session: Session,
  { products, seconds }: RequestOf<"products">,
): Promise<Measurement> {
  const peakBefore = measurePeak(session);
  const measured: Record<string, number> = {};
  for (const [name, product] of Object.entries(products)) measured[name] = await timeProduct(session, product, seconds);
  return { ...measured, peak: Math.max(peakBefore, measurePeak(session)) };
}

async function timeProduct(session: Session, { m, k, n }: Product, seconds: number): Promise<number> {
  using _ = session.scope();
  using _noGrad = session.noGrad();
  const a = session.tensor(drawValues(m * k), [m, k]);
  const b = session.tensor(drawValues(k * n), [k, n]);
  const run = () =>
    timeOnce(() => {
      using _product = session.scope();
      matmul(a, b); // b is no parameter: what is packed of it is not kept
    });
  return median(await repeatWarm({ seconds, atLeast: 5 }, run));
}
