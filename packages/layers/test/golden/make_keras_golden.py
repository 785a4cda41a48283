"""Makes keras.json beside this file: what Keras predicts and what a step of training makes of the weights, for models of every layer.

Made with Keras 3.15.1 on PyTorch 2.13.0 (CPU), float64. A case is a graph of layers by class name and options in camelCase, from which
both sides build the model; inputs are in the file, weights come from a linear congruential generator that both sides have.
Run: KERAS_BACKEND=torch python make_keras_golden.py
"""
import json
import pathlib
import re

import keras
import numpy as np
from lcg import Lcg

keras.config.set_floatx("float64")
here = pathlib.Path(__file__).parent


def snake(name):
    return re.sub(r"([A-Z])", r"_\1", name).lower()


def keras_value(value):
    if isinstance(value, dict) and "className" in value:
        return make_layer(value)
    if isinstance(value, dict) and "kind" in value:
        kinds = {"maxNorm": "MaxNorm", "unitNorm": "UnitNorm", "nonNegative": "NonNeg", "minMaxNorm": "MinMaxNorm"}
        return getattr(keras.constraints, kinds[value["kind"]])(**{snake(k): v for k, v in value.items() if k != "kind"})
    if isinstance(value, dict):
        return keras.regularizers.L1L2(**value)
    return snake(value) if isinstance(value, str) else value


def make_layer(config, name=None):
    if "graph" in config.get("options", {}):
        return keras.layers.TimeDistributed(make_graph(config["options"]["graph"]), name=name)
    if "layers" in config.get("options", {}):
        inner = keras.Sequential([make_layer(one) for one in config["options"]["layers"]])
        return keras.layers.TimeDistributed(inner, name=name)
    options = {snake(key): keras_value(value) for key, value in config.get("options", {}).items()}
    options.pop("use_causal_mask", None)
    if name is not None:
        options["name"] = name
    return getattr(keras.layers, config["className"])(**options)


def make_graph(graph):
    """A model of layers, their applications and what these read, by number."""
    made = [make_layer(one) if one["className"] != "InputLayer" else keras.Input(one["options"]["shape"]) for one in graph["layers"]]
    values = []
    for entry in graph["nodes"]:
        read = [values[at][output] for at, output in entry["inputs"]]
        value = made[entry["layer"]] if not read else made[entry["layer"]](read if len(read) > 1 else read[0])
        values.append(as_list(value))
    inputs, outputs = ([values[at][output] for at, output in graph[key]] for key in ["inputs", "outputs"])
    return keras.Model(inputs[0], outputs[0])


def node(name, class_name, inputs, options=None, initial_state=None):
    made = {"name": name, "className": class_name, "inputs": inputs if isinstance(inputs, list) else [inputs]}
    if options:
        made["options"] = options
    if initial_state:
        made["initialState"] = initial_state
    return made


def chain(*layers, start="x"):
    """Layers one behind the other."""
    nodes, last = [], start
    for at, (class_name, options) in enumerate(layers):
        name = f"l{at}"
        nodes.append(node(name, class_name, last, options))
        last = name
    return nodes


def build(case):
    tensors = {}
    for name, shape in case["inputs"].items():
        tensors[name] = keras.Input(shape=shape, name=name, batch_size=case.get("batchSize"))
    inputs = list(tensors.values())

    def find(place):
        name, _, index = place.partition(":")
        return tensors[name][int(index)] if index else tensors[name]

    for entry in case["nodes"]:
        layer = make_layer(entry, entry["name"])
        given = [find(place) for place in entry["inputs"]]
        options = {}
        if "initialState" in entry:
            options["initial_state"] = [find(place) for place in entry["initialState"]]
        if entry.get("options", {}).get("useCausalMask"):
            options["use_causal_mask"] = True
        if entry["className"] == "MultiHeadAttention":
            tensors[entry["name"]] = layer(*given, **options)
        else:
            tensors[entry["name"]] = layer(given if len(given) > 1 else given[0], **options)
    outputs = [find(place) for place in case["outputs"]]
    return keras.Model(inputs, outputs if len(outputs) > 1 else outputs[0])


def set_weights(model, seed):
    lcg = Lcg(seed)
    for layer in model.layers:
        values = []
        for weight in layer.weights:
            drawn = np.array([lcg.next() / 2 for _ in range(int(np.prod(weight.shape)))]).reshape(weight.shape)
            values.append(np.abs(drawn) + 0.5 if "variance" in weight.name else drawn)
        layer.set_weights(values)


def optimizer_name(name):
    """Keras writes the limits of gradients in its own way."""
    return {"clipNorm": "clipnorm", "clipValue": "clipvalue", "globalClipNorm": "global_clipnorm"}.get(name, snake(name))


def optimizer_value(value):
    """A schedule as Keras writes it."""
    if not isinstance(value, dict):
        return value
    kind = value["kind"]
    schedule = getattr(keras.optimizers.schedules, kind[0].upper() + kind[1:])
    return keras.optimizers.schedules.serialize(schedule(**{snake(k): v for k, v in value.items() if k != "kind"}))


def rounded(array):
    return [float(f"{value:.8g}") for value in np.asarray(array, dtype=np.float64).reshape(-1)]


def as_list(value):
    return value if isinstance(value, list) else [value]


def predictions(model, data):
    outputs = as_list(model.predict([np.array(data[name]) for name in data], verbose=0))
    return [{"shape": list(output.shape), "values": rounded(output)} for output in outputs]


cases = []


def add(name, inputs, nodes, data, outputs=None, train=None, times=1):
    """`times`: how often the same is predicted, for layers that remember; `train`: options of compile and train_on_batch."""
    case = {"name": name, "inputs": inputs, "nodes": nodes, "outputs": outputs or [nodes[-1]["name"]]}
    case["data"] = {key: np.asarray(value).tolist() for key, value in data.items()}
    if times > 1:
        case.update({"times": times, "batchSize": 3})
    model = build(case)
    set_weights(model, 7)
    case["predictions"] = predictions(model, case["data"])
    if times > 1:
        for _ in range(times - 1):
            case["predictions"] = predictions(model, case["data"])
    if train is not None:
        case["train"] = train
        arrays = [np.array(value) for value in case["data"].values()]
        targets = [np.array(target) for target in train["targets"]]
        loss = [snake(loss) for loss in train["loss"]]
        model.compile(
            optimizer=keras.optimizers.get({"class_name": train["optimizer"]["kind"], "config": {optimizer_name(k): optimizer_value(v) for k, v in train["optimizer"].items() if k != "kind"}}),
            loss=loss if len(loss) > 1 else loss[0],
            metrics=[[snake(metric) for metric in metrics] for metrics in train["metrics"]],
        )
        options = {}
        if "sampleWeight" in train:
            options["sample_weight"] = np.array(train["sampleWeight"])
        if "classWeight" in train:
            options["class_weight"] = {int(key): value for key, value in train["classWeight"].items()}
        for _ in range(train["steps"]):
            logs = model.train_on_batch(arrays if len(arrays) > 1 else arrays[0], targets if len(targets) > 1 else targets[0], return_dict=True, **options)
        case["logs"] = {key: float(f"{float(value):.8g}") for key, value in logs.items()}
        case["weights"] = [rounded(weight) for layer in model.layers for weight in layer.get_weights()]
        case["trained"] = predictions(model, case["data"])
    cases.append(case)


lcg = Lcg(11)


def coarse(*shape):
    """Few digits, so that the file stays short."""
    return np.array([round(lcg.next() * 32) / 32 for _ in range(int(np.prod(shape)))]).reshape(shape)


sequences = {"x": coarse(3, 5, 2)}
SEQ = {"x": [5, 2]}
vectors = {"x": coarse(3, 4)}
VEC = {"x": [4]}
ids = {"x": [[4, 2, 1, 0, 0], [0, 0, 3, 5, 1], [2, 0, 4, 0, 1], [0, 0, 0, 2, 0]]}
IDS = {"x": [None]}
gaps = {"x": np.where(np.array([[1, 1, 0, 1, 0], [0, 1, 1, 1, 1], [1, 1, 1, 0, 0]])[:, :, None] == 1, sequences["x"], 0)}


def recurrent(class_name, **options):
    return (class_name, {"units": 3, **options})


def bidirectional(class_name, merge_mode, **options):
    return ("Bidirectional", {"layer": {"className": class_name, "options": {"units": 3, **options}}, "mergeMode": merge_mode})


embedded = ("Embedding", {"inputDim": 6, "outputDim": 3, "maskZero": True})

for activation in ["linear", "relu", "sigmoid", "tanh", "softmax", "hardSigmoid", "elu", "selu", "softsign", "softplus", "gelu", "swish", "exponential", "leakyRelu", "mish", "relu6"]:
    add(f"Dense {activation}", VEC, chain(("Dense", {"units": 3, "activation": activation})), vectors)
add("Dense over steps without bias", SEQ, chain(("Dense", {"units": 3, "useBias": False})), sequences)
for layer in [
    ("Activation", {"activation": "hardSigmoid"}),
    ("ReLU", {"maxValue": 0.5, "negativeSlope": 0.1}),
    ("LeakyReLU", {}),
    ("ELU", {"alpha": 0.7}),
    ("Softmax", {"axis": 1}),
    ("Dropout", {"rate": 0.4}),
    ("SpatialDropout1D", {"rate": 0.4}),
    ("GaussianNoise", {"stddev": 0.4}),
    ("LayerNormalization", {}),
    ("LayerNormalization", {"scale": False}),
    ("BatchNormalization", {}),
    ("BatchNormalization", {"center": False, "scale": False}),
    ("Flatten", {}),
    ("Reshape", {"targetShape": [2, -1]}),
    ("Permute", {"dims": [2, 1]}),
    ("GlobalMaxPooling1D", {}),
    ("GlobalAveragePooling1D", {"keepdims": True}),
    ("MaxPooling1D", {}),
    ("MaxPooling1D", {"poolSize": 3, "strides": 1, "padding": "same"}),
    ("AveragePooling1D", {"poolSize": 3, "strides": 2, "padding": "same"}),
    ("Conv1D", {"filters": 3, "kernelSize": 3}),
    ("Conv1D", {"filters": 4, "kernelSize": 2, "padding": "same", "strides": 2, "activation": "relu", "groups": 2}),
    ("Conv1D", {"filters": 3, "kernelSize": 2, "padding": "causal", "dilationRate": 2, "useBias": False}),
    ("TimeDistributed", {"layer": {"className": "Dense", "options": {"units": 2, "activation": "softmax"}}}),
    ("ZeroPadding1D", {"padding": [1, 2]}),
    ("Cropping1D", {"cropping": [1, 2]}),
    ("UpSampling1D", {"size": 2}),
]:
    add(f"{layer[0]} {json.dumps(layer[1])}", SEQ, chain(layer), sequences)
add("RepeatVector", VEC, chain(("RepeatVector", {"n": 3})), vectors)

for kind in ["LSTM", "GRU", "SimpleRNN"]:
    for options in [
        {},
        {"returnSequences": True, "goBackwards": True, "useBias": False},
        {"activation": "relu"},
    ]:
        add(f"{kind} {json.dumps(options)}", SEQ, chain(recurrent(kind, **options)), sequences)
    add(f"{kind} over masked ids", IDS, chain(embedded, recurrent(kind, returnSequences=True), recurrent(kind)), ids)
    add(f"{kind} over masked ids, all steps, backwards", IDS, chain(embedded, recurrent(kind, returnSequences=True, goBackwards=True)), ids)
    add(f"{kind} stateful, twice", SEQ, chain(recurrent(kind, stateful=True)), sequences, times=2)
    for mode in ["concat", "sum", "mul", "ave"]:
        add(f"Bidirectional {kind} {mode}", SEQ, chain(bidirectional(kind, mode, returnSequences=mode != "sum")), sequences)
    add(f"Bidirectional {kind} over masked ids", IDS, chain(embedded, bidirectional(kind, "concat", returnSequences=True), bidirectional(kind, "sum")), ids)
for options in [{"padding": "same", "returnSequences": True}, {"strides": 2, "activation": "relu", "recurrentActivation": "hardSigmoid", "useBias": False}]:
    add(f"ConvLSTM1D {json.dumps(options)}", {"x": [3, 5, 2]}, chain(("ConvLSTM1D", {"filters": 2, "kernelSize": 2, **options})), {"x": coarse(2, 3, 5, 2)})
    add(f"ConvLSTM2D {json.dumps(options)}", {"x": [3, 4, 3, 1]}, chain(("ConvLSTM2D", {"filters": 2, "kernelSize": [3, 2], **options})), {"x": coarse(2, 3, 4, 3, 1)})
add("GRU with the reset gate before the product", SEQ, chain(recurrent("GRU", resetAfter=False, returnSequences=True)), sequences)
add("LSTM with hard sigmoid gates", SEQ, chain(recurrent("LSTM", recurrentActivation="hardSigmoid", activation="softsign")), sequences)
add("LSTM with zeros where masked", IDS, chain(embedded, recurrent("LSTM", returnSequences=True, zeroOutputForMask=True)), ids)
add("Masking with gaps", SEQ, chain(("Masking", {"maskValue": 0.0}), recurrent("LSTM", returnSequences=True), ("TimeDistributed", {"layer": {"className": "Dense", "options": {"units": 2}}})), gaps)
add("GlobalAveragePooling1D over masked ids", IDS, chain(embedded, ("GlobalAveragePooling1D", {})), ids)
add(
    "states of one layer start another",
    {"x": [5, 2], "y": [4, 3]},
    [
        node("encoder", "LSTM", "x", {"units": 3, "returnState": True}),
        node("decoder", "LSTM", "y", {"units": 3, "returnSequences": True, "returnState": True}, ["encoder:1", "encoder:2"]),
        node("out", "Dense", "decoder:0", {"units": 2, "activation": "softmax"}),
    ],
    {**sequences, "y": coarse(3, 4, 3)},
    outputs=["out", "decoder:1", "decoder:2"],
)
add(
    "states of both directions",
    SEQ,
    [
        node("both", "Bidirectional", "x", {"layer": {"className": "GRU", "options": {"units": 3, "returnState": True, "returnSequences": True}}}),
        node("again", "Bidirectional", "x", {"layer": {"className": "GRU", "options": {"units": 3}}}, ["both:1", "both:2"]),
    ],
    sequences,
    outputs=["both:0", "both:2", "again"],
)
pair = {"x": coarse(3, 4), "y": coarse(3, 4)}
for kind in ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"]:
    add(kind, {"x": [4], "y": [4]}, [node("merged", kind, ["x", "y"])], pair)
add("Dot normalized", {"x": [4], "y": [4]}, [node("dot", "Dot", ["x", "y"], {"axes": 1, "normalize": True})], pair)
add("Dot of sequences", {"x": [5, 2], "y": [4, 2]}, [node("dot", "Dot", ["x", "y"], {"axes": [2, 2]})], {**sequences, "y": coarse(3, 4, 2)})
attended = {"x": [[4, 2, 1, 0], [1, 1, 3, 5], [2, 3, 0, 0]], "y": [[1, 2, 0, 0, 0], [5, 5, 3, 2, 4], [1, 4, 2, 0, 0]]}
both_embedded = [
    node("query", "Embedding", "x", {"inputDim": 6, "outputDim": 4, "maskZero": True}),
    node("value", "Embedding", "y", {"inputDim": 6, "outputDim": 4, "maskZero": True}),
]
for name, options in [
    ("Attention", {}),
    ("Attention", {"useScale": True, "scoreMode": "concat"}),
    ("Attention", {"useCausalMask": True}),
    ("AdditiveAttention", {}),
    ("MultiHeadAttention", {"numHeads": 2, "keyDim": 3}),
    ("MultiHeadAttention", {"numHeads": 3, "keyDim": 2, "valueDim": 4, "outputShape": 5, "useCausalMask": True}),
]:
    add(f"{name} {json.dumps(options)}", {"x": [None], "y": [None]}, [*both_embedded, node("attended", name, ["query", "value"], options), node("pooled", "GlobalAveragePooling1D", "attended")], attended)

sgd = {"kind": "sgd", "learningRate": 0.1}
binary = {"optimizer": sgd, "loss": ["binaryCrossentropy"], "metrics": [["accuracy"]], "steps": 2}
add("trained: LSTM and a sigmoid", SEQ, chain(recurrent("LSTM"), ("Dense", {"units": 1, "activation": "sigmoid"})), sequences, train={**binary, "targets": [[1, 0, 1]]})
add("trained: sample weights", SEQ, chain(recurrent("GRU"), ("Dense", {"units": 1, "activation": "sigmoid"})), sequences, train={**binary, "targets": [[1, 0, 1]], "sampleWeight": [1, 0.5, 2]})
add("trained: class weights", VEC, chain(("Dense", {"units": 3, "activation": "softmax"})), vectors, train={**binary, "loss": ["sparseCategoricalCrossentropy"], "targets": [[2, 0, 1]], "classWeight": {"0": 2.0, "1": 0.5, "2": 1.5}})
add("trained: one-hot targets", VEC, chain(("Dense", {"units": 3, "activation": "softmax"})), vectors, train={**binary, "loss": ["categoricalCrossentropy"], "metrics": [["accuracy", "categoricalCrossentropy"]], "targets": [[[0, 0, 1], [1, 0, 0], [0.5, 0.5, 0]]]})
add("trained: masked steps", IDS, chain(embedded, recurrent("LSTM", returnSequences=True), ("Dense", {"units": 2, "activation": "softmax"})), ids, train={**binary, "loss": ["sparseCategoricalCrossentropy"], "targets": [[[0, 1, 1, 0, 0], [0, 0, 1, 0, 1], [1, 0, 0, 0, 1], [0, 0, 0, 1, 0]]]})
add("trained: batch normalization", SEQ, chain(("BatchNormalization", {"momentum": 0.9}), ("Flatten", {}), ("Dense", {"units": 2})), sequences, train={**binary, "loss": ["meanSquaredError"], "metrics": [["meanAbsoluteError"]], "targets": [[[1, 0], [0, 1], [0.5, -1]]]})
add("trained: two outputs", SEQ, [node("hidden", "SimpleRNN", "x", {"units": 3}), node("a", "Dense", "hidden", {"units": 1}), node("b", "Dense", "hidden", {"units": 2, "activation": "softmax"})], sequences, outputs=["a", "b"], train={"optimizer": sgd, "loss": ["meanAbsoluteError", "sparseCategoricalCrossentropy"], "metrics": [["meanSquaredError"], ["accuracy"]], "steps": 2, "targets": [[[1.0], [0.0], [0.5]], [1, 0, 1]]})
penalized = {"units": 3, "kernelRegularizer": {"l2": 0.1}, "biasRegularizer": {"l1": 0.05}}
add("trained: regularizers", SEQ, chain(("LSTM", {**penalized, "recurrentRegularizer": {"l1": 0.02, "l2": 0.03}}), ("Dense", {**penalized, "units": 2})), sequences, train={**binary, "loss": ["meanSquaredError"], "metrics": [[]], "targets": [[[1, 0], [0, 1], [0.5, -1]]]})
add("trained: activity regularizers", SEQ, chain(("LSTM", {"units": 3, "returnSequences": True, "activityRegularizer": {"l2": 0.3}}), ("Flatten", {}), ("Dense", {"units": 2, "activityRegularizer": {"l1": 0.2, "l2": 0.1}})), sequences, train={**binary, "loss": ["meanSquaredError"], "metrics": [[]], "targets": [[[1, 0], [0, 1], [0.5, -1]]]})
for constraint in [{"kind": "maxNorm", "maxValue": 0.5}, {"kind": "unitNorm"}, {"kind": "nonNegative"}, {"kind": "minMaxNorm", "minValue": 0.2, "maxValue": 0.6, "rate": 0.5}]:
    add(f"trained: constraint {constraint['kind']}", SEQ, chain(("GRU", {"units": 3, "kernelConstraint": constraint, "recurrentConstraint": constraint}), ("Dense", {"units": 2, "kernelConstraint": constraint})), sequences, train={**binary, "loss": ["meanSquaredError"], "metrics": [[]], "targets": [[[1, 0], [0, 1], [0.5, -1]]]})
for clip in [{"clipNorm": 0.1}, {"clipValue": 0.05}, {"globalClipNorm": 0.2}]:
    add(f"trained: {json.dumps(clip)}", SEQ, chain(recurrent("LSTM"), ("Dense", {"units": 2})), sequences, train={"optimizer": {**sgd, **clip}, "loss": ["meanSquaredError"], "metrics": [[]], "steps": 2, "targets": [[[1, 0], [0, 1], [0.5, -1]]]})
for loss in ["meanSquaredError", "meanAbsoluteError", "huber", "logCosh", "poisson", "hinge", "squaredHinge", "cosineSimilarity", "meanAbsolutePercentageError", "meanSquaredLogarithmicError"]:
    add(f"trained: {loss}", VEC, chain(("Dense", {"units": 2, "activation": "softplus"})), vectors, train={**binary, "loss": [loss], "metrics": [[]], "targets": [[[1, 0], [0, 1], [1, 1]]]})
for loss in ["klDivergence", "categoricalHinge", "binaryFocalCrossentropy", "categoricalFocalCrossentropy"]:
    add(f"trained: {loss}", VEC, chain(("Dense", {"units": 2, "activation": "sigmoid" if "binary" in loss else "softmax"})), vectors, train={**binary, "loss": [loss], "metrics": [[]], "targets": [[[0.75, 0.25] if loss == "klDivergence" else [1, 0], [0, 1], [1, 0]]]})
falling = {"kind": "exponentialDecay", "initialLearningRate": 0.2, "decaySteps": 1, "decayRate": 0.5}
for optimizer in [{"kind": "adam", "learningRate": falling}, {"kind": "sgd", "momentum": 0.9, "learningRate": falling}, {"kind": "sgd", "momentum": 0.9, "nesterov": True, "learningRate": falling}]:
    add(f"trained by {json.dumps(optimizer)}", VEC, chain(("Dense", {"units": 2})), vectors, train={"optimizer": optimizer, "loss": ["meanSquaredError"], "metrics": [[]], "steps": 3, "targets": [[[1, 0], [0, 1], [0.5, -1]]]})
regressed = ["meanSquaredLogarithmicError", "poisson", "hinge", "squaredHinge", "cosineSimilarity", "meanAbsolutePercentageError"]
add("trained: metrics of numbers", VEC, chain(("Dense", {"units": 2, "activation": "softplus"})), vectors, train={**binary, "loss": ["meanSquaredError"], "metrics": [regressed], "targets": [[[1, 0], [0, 1], [1, 1]]]})
add("trained: metrics of shares", VEC, chain(("Dense", {"units": 3, "activation": "softmax"})), vectors, train={**binary, "loss": ["categoricalCrossentropy"], "metrics": [["klDivergence", "categoricalHinge", "cosineSimilarity"]], "targets": [[[0, 0.25, 0.75], [1, 0, 0], [0.5, 0.5, 0]]]})
for kind in ["adam", "rmsprop", "adagrad", "adamax", "nadam", "adadelta", "adamw", "lion"]:
    add(f"trained by {kind}", VEC, chain(("Dense", {"units": 2})), vectors, train={"optimizer": {"kind": kind}, "loss": ["meanSquaredError"], "metrics": [[]], "steps": 3, "targets": [[[1, 0], [0, 1], [0.5, -1]]]})

lines = {"x": coarse(2, 3, 4, 2)}
add("TimeDistributed over several layers", {"x": [3, 4, 2]}, chain(("TimeDistributed", {"layers": [{"className": "Conv1D", "options": {"filters": 3, "kernelSize": 2, "activation": "relu"}}, {"className": "MaxPooling1D", "options": {}}, {"className": "Flatten", "options": {}}, {"className": "Dense", "options": {"units": 2}}]}), recurrent("LSTM")), lines)
sentences = {"x": [[[4, 2, 0], [1, 1, 3], [2, 0, 0]], [[5, 1, 2], [3, 4, 0], [1, 0, 0]]]}
add("TimeDistributed over masked words", {"x": [3, 3]}, chain(("TimeDistributed", {"layers": [{"className": embedded[0], "options": embedded[1]}, {"className": "GRU", "options": {"units": 2}}]}), recurrent("LSTM")), sentences)


def two_layers(forward, backward, **options):
    layers = [{"className": name, "options": given} for name, given in (forward, backward)]
    layers[1]["options"] = {**layers[1]["options"], "goBackwards": True}
    return ("Bidirectional", {"layer": layers[0], "backwardLayer": layers[1], **options})


add("Bidirectional over an LSTM and a wider GRU", SEQ, chain(two_layers(recurrent("LSTM", returnSequences=True), ("GRU", {"units": 4, "returnSequences": True}))), sequences)
add("Bidirectional over two LSTMs, last steps", SEQ, chain(two_layers(recurrent("LSTM"), recurrent("LSTM", activation="sigmoid"), mergeMode="mul")), sequences)
add("Bidirectional over two layers and masked ids", IDS, chain(embedded, two_layers(recurrent("LSTM", returnSequences=True), recurrent("SimpleRNN", returnSequences=True), mergeMode="sum"), recurrent("GRU")), ids)

grids = {"x": [3, 4, 3, 1]}
add("ConvLSTM1D stateful, twice", {"x": [3, 5, 2]}, chain(("ConvLSTM1D", {"filters": 2, "kernelSize": 2, "padding": "same", "stateful": True, "dropout": 0.2})), {"x": coarse(3, 3, 5, 2)}, times=2)
add("ConvLSTM2D stateful, backwards, twice", grids, chain(("ConvLSTM2D", {"filters": 2, "kernelSize": [3, 2], "stateful": True, "goBackwards": True, "returnSequences": True, "recurrentDropout": 0.3})), {"x": coarse(3, 3, 4, 3, 1)}, times=2)

twice_normalized = {
    "layers": [
        {"className": "InputLayer", "options": {"shape": [2]}},
        {"className": "Dense", "options": {"units": 2, "activation": "tanh"}},
        {"className": "BatchNormalization", "options": {}},
        {"className": "Concatenate", "options": {}},
        {"className": "Dense", "options": {"units": 3, "activation": "softmax"}},
    ],
    "nodes": [
        {"layer": 0, "inputs": []},
        {"layer": 1, "inputs": [[0, 0]]},
        {"layer": 1, "inputs": [[1, 0]]},
        {"layer": 2, "inputs": [[2, 0]]},
        {"layer": 3, "inputs": [[3, 0], [0, 0]]},
        {"layer": 4, "inputs": [[4, 0]]},
    ],
    "inputs": [[0, 0]],
    "outputs": [[5, 0]],
}
two_readers = {
    "layers": [
        {"className": "InputLayer", "options": {"shape": [None]}},
        {"className": "Embedding", "options": {"inputDim": 6, "outputDim": 3, "maskZero": True}},
        {"className": "Bidirectional", "options": {"layer": {"className": "LSTM", "options": {"units": 2}}}},
        {"className": "GRU", "options": {"units": 4}},
        {"className": "Add", "options": {}},
    ],
    "nodes": [{"layer": 0, "inputs": []}, {"layer": 1, "inputs": [[0, 0]]}, {"layer": 2, "inputs": [[1, 0]]}, {"layer": 3, "inputs": [[1, 0]]}, {"layer": 4, "inputs": [[2, 0], [3, 0]]}],
    "inputs": [[0, 0]],
    "outputs": [[4, 0]],
}
add("TimeDistributed over a graph", SEQ, chain(("TimeDistributed", {"graph": twice_normalized})), sequences)
of_each = {**twice_normalized, "layers": [{"className": "LayerNormalization", "options": {}} if one["className"] == "BatchNormalization" else one for one in twice_normalized["layers"]]}
add("trained: TimeDistributed over a graph", SEQ, chain(("TimeDistributed", {"graph": of_each})), sequences, train={**binary, "loss": ["sparseCategoricalCrossentropy"], "targets": [[[0, 1, 2, 0, 1], [2, 2, 1, 0, 0], [1, 0, 0, 2, 1]]]})
add("TimeDistributed over a graph of masked words", {"x": [3, 3]}, chain(("TimeDistributed", {"graph": two_readers}), recurrent("LSTM")), sentences)

(here / "keras.json").write_text("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]\n")
print(len(cases), "cases")
