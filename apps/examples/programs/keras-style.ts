/** The program that people know from Keras: an LSTM and a sigmoid say of sequences whether the first of their numbers add up to more than 0. */
import { dense, lstm, sequential } from "@cellstate/layers";

// 600 sequences of 10 steps of 2 numbers
const [steps, features] = [10, 2];
const x = Array.from({ length: 600 }, (_, i) =>
  Array.from({ length: steps }, (_, t) => [Math.sin(12.9 * i + 78.2 * t), Math.cos(4.1 * i - 7.7 * t)]),
);
const y = x.map((sequence) => Number(sequence.reduce((sum, [first]) => sum + first!, 0) > 0));
const [xTrain, yTrain, xTest, yTest] = [x.slice(0, 500), y.slice(0, 500), x.slice(500), y.slice(500)];

const model = sequential([
  lstm(50, { activation: "relu", inputShape: [steps, features] }),
  dense(1, { activation: "sigmoid" }),
]);
model.compile({ optimizer: "adam", loss: "binary_crossentropy", metrics: ["accuracy"] });
await model.fit(xTrain, yTrain, { epochs: 20, batchSize: 32, validationSplit: 0.2 });
const { accuracy } = await model.evaluate(xTest, yTest);
console.log("test accuracy", accuracy! > 0.9 ? "above 0.9" : accuracy);
console.log(await model.predict(xTest.slice(0, 2)));

/* prints, after a warning that relu in a recurrent layer has no bound:
Epoch 1/20
13/13 ━━━━━━━━━━━━━━━━━━━━ ... - loss: ... - accuracy: ... - val_loss: ... - val_accuracy: ...
...
Epoch 20/20
13/13 ━━━━━━━━━━━━━━━━━━━━ ... - loss: ... - accuracy: ... - val_loss: ... - val_accuracy: ...
test accuracy above 0.9
[ [ ... ], [ ... ] ]
*/
