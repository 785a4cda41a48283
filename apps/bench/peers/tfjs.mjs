/**
 * Training steps of TensorFlow.js, as one line of JSON: forward, backward, clipping by global norm at 1, Adam; or those that its
 * `fit` takes. The embeddings of shapes a to d are not trained: the wasm backend lacks the kernel of their gradient.
 *
 * usage: tfjs.mjs version | tfjs.mjs (wasm | cpu) <request>
 */
import { createRequire } from "node:module";

const tf = createRequire(import.meta.url)("@tensorflow/tfjs");

const randomIds = (shape, vocabSize) => tf.randomUniform(shape, 0, vocabSize, "int32", 1);
const weight = (...shape) => tf.variable(tf.randomNormal(shape, 0, 0.05));
const frozen = (vocabSize, size) => {
  const table = tf.randomNormal([vocabSize, size], 0, 0.05);
  return (ids) => tf.gather(table, ids);
};
const crossEntropy = (labels, logits, classes) => tf.losses.softmaxCrossEntropy(tf.oneHot(labels, classes), logits);

function lstm(units, inputSize, options = {}) {
  return withWeights(lstmLayer({ units, ...options }), inputSize);
}

function bidirectional(units, inputSize) {
  return withWeights(tf.layers.bidirectional({ layer: lstmLayer({ units }), mergeMode: "concat" }), inputSize);
}

function lstmLayer(options) {
  const shared = { recurrentActivation: "sigmoid", recurrentInitializer: "glorotUniform", returnSequences: true };
  return tf.layers.lstm({ ...shared, ...options });
}

/** Layers make their weights on first use: here on a single position. */
function withWeights(layer, inputSize) {
  tf.tidy(() => layer.apply(tf.zeros([1, 1, inputSize])));
  return layer;
}

/** By shape: makes a model and returns its loss. */
const shapes = {
  a() {
    const [ids, labels] = [randomIds([32, 200], 20000), randomIds([32], 2)];
    const [embed, encoder, output] = [frozen(20000, 128), bidirectional(128, 128), [weight(512, 2), weight(2)]];
    return () => {
      const states = encoder.apply(embed(ids));
      const pooled = tf.concat([states.max(1), states.mean(1)], 1);
      return crossEntropy(labels, pooled.matMul(output[0]).add(output[1]), 2);
    };
  },
  b() {
    const [ids, labels] = [randomIds([64, 50], 20000), randomIds([64], 4)];
    const [embed, first] = [frozen(20000, 256), lstm(256, 256)];
    const [second, output] = [lstm(256, 256, { returnSequences: false }), [weight(256, 4), weight(4)]];
    return () =>
      crossEntropy(
        labels,
        second
          .apply(first.apply(embed(ids)))
          .matMul(output[0])
          .add(output[1]),
        4,
      );
  },
  c() {
    const [ids, next] = [randomIds([20, 35], 10000), randomIds([700], 10000)];
    const [embed, first, second] = [frozen(10000, 650), lstm(650, 650), lstm(650, 650)];
    const output = [weight(650, 10000), weight(10000)];
    return () => {
      const states = second.apply(first.apply(embed(ids))).reshape([700, 650]);
      return crossEntropy(next, states.matMul(output[0]).add(output[1]), 10000);
    };
  },
  d() {
    const [source, target, next] = [randomIds([64, 20], 8000), randomIds([64, 20], 8000), randomIds([1280], 8000)];
    const [embedSource, embedTarget, encoder] = [frozen(8000, 256), frozen(8000, 256), bidirectional(256, 256)];
    const [kernel, bias, forgetBias] = [weight(768 + 512, 2048), weight(2048), tf.scalar(1)];
    const [key, combine, output] = [weight(512, 512), weight(1024, 512), [weight(512, 8000), weight(8000)]];
    return () => {
      const memory = encoder.apply(embedSource(source));
      const keys = memory.reshape([1280, 512]).matMul(key).reshape([64, 20, 512]);
      let [hidden, cell, attentional] = [tf.zeros([64, 512]), tf.zeros([64, 512]), tf.zeros([64, 512])];
      const outputs = [];
      for (const vectors of tf.unstack(embedTarget(target), 1)) {
        [cell, hidden] = tf.basicLSTMCell(forgetBias, kernel, bias, tf.concat([vectors, attentional], 1), cell, hidden);
        const weights = tf.softmax(tf.matMul(hidden.expandDims(1), keys, false, true));
        const context = tf.matMul(weights, memory).squeeze([1]);
        attentional = tf.concat([context, hidden], 1).matMul(combine).tanh();
        outputs.push(attentional);
      }
      const states = tf.stack(outputs, 1).reshape([1280, 512]);
      return crossEntropy(next, states.matMul(output[0]).add(output[1]), 8000);
    };
  },
  e() {
    const [x, labels] = [tf.randomNormal([32, 20, 1]), randomIds([32, 1], 2).toFloat()];
    const [encoder, output] = [lstm(50, 1, { returnSequences: false }), [weight(50, 1), weight(1)]];
    return () => tf.losses.sigmoidCrossEntropy(labels, encoder.apply(x).matMul(output[0]).add(output[1]));
  },
};

function makeStep(loss) {
  const adam = tf.train.adam(1e-3);
  return () => {
    const value = tf.tidy(() => {
      const { value, grads } = tf.variableGrads(loss);
      const squares = Object.values(grads).map((gradient) => gradient.square().sum());
      const norm = tf.addN(squares).sqrt();
      const scale = tf.minimum(1, tf.div(1, norm.add(1e-6)));
      adam.applyGradients(Object.fromEntries(Object.entries(grads).map(([name, g]) => [name, g.mul(scale)])));
      return value;
    });
    value.dataSync();
    value.dispose();
  };
}

function timeOnce(run) {
  const start = performance.now();
  run();
  return performance.now() - start;
}

/** `fit` of shape e's model as people write it: milliseconds of a step in it. */
async function measureFit() {
  const [batchSize, steps] = [32, 10];
  const x = tf.randomNormal([batchSize * steps, 20, 1]);
  const y = randomIds([batchSize * steps, 1], 2).toFloat();
  const model = tf.sequential();
  model.add(
    tf.layers.lstm({
      units: 50,
      recurrentActivation: "sigmoid",
      recurrentInitializer: "glorotUniform",
      inputShape: [20, 1],
    }),
  );
  model.add(tf.layers.dense({ units: 1, activation: "sigmoid" }));
  model.compile({ optimizer: "adam", loss: "binaryCrossentropy", metrics: ["accuracy"] });
  const fit = () => model.fit(x, y, { batchSize, epochs: 1, verbose: 0 });
  await fit();
  const start = performance.now();
  await fit();
  return { fit: (performance.now() - start) / steps };
}

/** A step of several seconds is measured once, without a warm-up. */
async function measure(backend, { task, shape, seconds }) {
  if (backend === "wasm") createRequire(import.meta.url)("@tensorflow/tfjs-backend-wasm");
  tf.enableProdMode();
  await tf.setBackend(backend);
  await tf.ready();
  if (task === "fit") return measureFit();
  const step = makeStep(shapes[shape]());
  const times = [timeOnce(step)];
  if (times[0] < 2000) {
    times.pop();
    for (const end = performance.now() + 1000 * seconds; times.length < 3 || performance.now() < end; )
      times.push(timeOnce(step));
  }
  times.sort((a, b) => a - b);
  return { ms: times[times.length >> 1] };
}

const [command, request] = process.argv.slice(2);
console.log(
  JSON.stringify(command === "version" ? { version: tf.version.tfjs } : await measure(command, JSON.parse(request))),
);
process.exit(0);
