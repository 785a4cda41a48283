/**
 * A page that trains the model of `keras-style.ts` where it is opened; nothing leaves it. Start it by `npx vite` here.
 */
import { dense, lstm, sequential } from "@cellstate/layers";

const [steps, features, epochs] = [10, 2, 20];
const x = Array.from({ length: 600 }, (_, i) =>
  Array.from({ length: steps }, (_, t) => [Math.sin(12.9 * i + 78.2 * t), Math.cos(4.1 * i - 7.7 * t)]),
);
const y = x.map((sequence) => Number(sequence.reduce((sum, [first]) => sum + first!, 0) > 0));

const bar = document.querySelector("progress")!;
bar.max = epochs;
const showProgress = {
  onEpochEnd(epoch: number) {
    bar.value = epoch + 1;
  },
};

const model = sequential([
  lstm(50, { activation: "relu", inputShape: [steps, features] }),
  dense(1, { activation: "sigmoid" }),
]);
model.compile({ optimizer: "adam", loss: "binary_crossentropy", metrics: ["accuracy"] });
await model.fit(x.slice(0, 500), y.slice(0, 500), {
  epochs,
  validationSplit: 0.2,
  verbose: 0,
  callbacks: [showProgress],
});
const { accuracy } = await model.evaluate(x.slice(500), y.slice(500)); // the bits that Node gives
document.querySelector("output")!.textContent = `test accuracy ${accuracy!.toFixed(2)}`;
