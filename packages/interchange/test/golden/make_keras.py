"""Models of Keras 3 with what they predict: configs and weights of many small ones to keras-models.json.gz, and whole files of a few,
in every format, to keras-files.json.gz; text classifiers with their tokenizers to keras-texts.json.gz. Files of Keras 1 and 2 are written as those wrote them, with configs in their words.

    KERAS_BACKEND=torch python make_keras.py        with keras 3.15, torch 2.13, h5py 3.14; then make_hdf5.py, which packs one of its models
"""
import base64
import gzip
import json
import os
import tempfile
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "torch")
import h5py  # noqa: E402
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import Input, Model, Sequential, layers  # noqa: E402

here = Path(__file__).parent
rng = np.random.default_rng(7)


def rounded(array):
    return [float(f"{value:.9g}") for value in np.asarray(array, dtype=np.float64).flatten()]


def tensor(array):
    array = np.asarray(array)
    return {"shape": list(array.shape), "data": rounded(array)}


def fill(model):
    """Weights that leave nothing at 0 or 1, and variances above 0."""
    for weight in model.weights:
        if "seed" in weight.path or "normalization/mean" in weight.path or "normalization/variance" in weight.path:
            continue
        values = rng.normal(0, 0.5, weight.shape).astype("float32")
        weight.assign(np.abs(values) + 0.5 if "variance" in weight.path else values)
    return model


def floats(*shape):
    return rng.normal(0, 1, shape).astype("float32")


def ids(*shape, top=6):
    values = rng.integers(0, top, shape)
    values[0, -1] = 0
    return values.astype("int32")


def padded(*shape):
    """Rows that end in zeros, begin with them, or have some within."""
    values = floats(*shape)
    values[0, -2:] = 0
    values[1, 0] = 0
    values[1, 2] = 0
    return values


def as_saved(layer):
    """Those that training moves first, as files list them."""
    return [weight for weight in layer.trainable_weights + layer.non_trainable_weights if "seed" not in weight.path]


def case(name, model, *inputs):
    fill(model)
    outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    outputs = outputs if isinstance(outputs, (list, tuple)) else [outputs]
    return {
        "name": name,
        "config": json.loads(model.to_json()),
        "weights": {layer.name: [tensor(weight.numpy()) for weight in as_saved(layer)] for layer in model.layers},
        "inputs": [tensor(value) for value in inputs],
        "outputs": [tensor(value) for value in outputs],
    }


def sequence(*stack, shape=(4, 3)):
    return Sequential([Input(shape), *stack])


x = floats(2, 4, 3)
cases = [
    case("LSTM", sequence(layers.LSTM(2)), x),
    case("LSTM, all steps, relu and softsign", sequence(layers.LSTM(2, activation="relu", recurrent_activation="softsign", return_sequences=True)), x),
    case("LSTM, hard sigmoid, no bias", sequence(layers.LSTM(2, recurrent_activation="hard_sigmoid", use_bias=False)), x),
    case("LSTM, backwards", sequence(layers.LSTM(2, go_backwards=True, return_sequences=True)), x),
    case("LSTM stack with dropout", sequence(layers.LSTM(3, return_sequences=True, dropout=0.2, recurrent_dropout=0.1), layers.Dropout(0.5), layers.LSTM(2), layers.Dense(1, activation="sigmoid")), x),
    case("GRU", sequence(layers.GRU(2, return_sequences=True)), x),
    case("GRU, reset before", sequence(layers.GRU(2, reset_after=False, return_sequences=True)), x),
    case("GRU, no bias, elu", sequence(layers.GRU(2, use_bias=False, activation="elu")), x),
    case("SimpleRNN", sequence(layers.SimpleRNN(2, return_sequences=True)), x),
    *[case(f"Bidirectional, {mode}", sequence(layers.Bidirectional(layers.LSTM(2, return_sequences=True), merge_mode=mode)), x) for mode in ["concat", "sum", "mul", "ave"]],
    case("Bidirectional, last states", sequence(layers.Bidirectional(layers.GRU(2))), x),
    case("Bidirectional, two layers", sequence(layers.Bidirectional(layers.LSTM(2), backward_layer=layers.LSTM(2, go_backwards=True))), x),
    case("Embedding with mask", Sequential([Input((5,)), layers.Embedding(6, 3, mask_zero=True), layers.LSTM(2, return_sequences=True), layers.GRU(2)]), ids(3, 5)),
    case("Embedding with mask, both directions", Sequential([Input((5,)), layers.Embedding(6, 3, mask_zero=True), layers.SpatialDropout1D(0.2), layers.Bidirectional(layers.LSTM(2, return_sequences=True)), layers.GlobalAveragePooling1D(), layers.Dense(3, activation="softmax")]), ids(3, 5)),
    case("Embedding of any length", Sequential([Input((None,)), layers.Embedding(6, 3), layers.LSTM(2), layers.Dense(3, activation="softmax")]), ids(2, 5)),
    case("Masking", sequence(layers.Masking(), layers.LSTM(2, return_sequences=True)), padded(2, 4, 3)),
    case("Masking of another value", sequence(layers.Masking(mask_value=-1.0), layers.GRU(2)), np.where(padded(2, 4, 3) == 0, -1, padded(2, 4, 3)).astype("float32")),
    case("TimeDistributed", sequence(layers.LSTM(2, return_sequences=True), layers.TimeDistributed(layers.Dense(3, activation="tanh"))), x),
    case("RepeatVector, an autoencoder", sequence(layers.LSTM(2), layers.RepeatVector(4), layers.LSTM(3, return_sequences=True), layers.TimeDistributed(layers.Dense(3))), x),
    case("BatchNormalization", sequence(layers.BatchNormalization(), layers.LSTM(2), layers.BatchNormalization(center=False), layers.Dense(1)), x),
    case("LayerNormalization", sequence(layers.LayerNormalization(), layers.LSTM(2)), x),
    case("Conv1D and pooling", sequence(layers.Conv1D(4, 3, activation="relu", padding="same"), layers.MaxPooling1D(2), layers.LSTM(2), shape=(6, 3)), floats(2, 6, 3)),
    case("Conv1D, causal, dilated, strides, average", sequence(layers.Conv1D(2, 2, padding="causal", dilation_rate=2), layers.Conv1D(2, 3, strides=2), layers.AveragePooling1D(2, padding="same", strides=1), layers.Flatten(), layers.Dense(2), shape=(9, 3)), floats(2, 9, 3)),
    case("global pooling", sequence(layers.GlobalMaxPooling1D(), layers.Dense(2)), x),
    case("Flatten, Reshape, Permute, Activation", sequence(layers.Permute((2, 1)), layers.Reshape((2, 6)), layers.Activation("tanh"), layers.Flatten(), layers.Dense(2, activation="linear")), x),
    case("activation layers", sequence(layers.Dense(3), layers.ReLU(max_value=1.0), layers.Dense(3), layers.LeakyReLU(negative_slope=0.1), layers.Dense(3), layers.ELU(), layers.Dense(3), layers.Softmax(), shape=(3,)), floats(2, 3)),
    case("activations by name", sequence(*[layers.Dense(3, activation=name) for name in ["selu", "softplus", "swish", "gelu", "exponential", "relu6", "hard_sigmoid", "leaky_relu", "hard_shrink", "soft_shrink"]], shape=(3,)), floats(2, 3)),
    case("stateful", Sequential([Input(batch_shape=(2, 4, 3)), layers.LSTM(2, stateful=True)]), x),
]


def normalized():
    layer = layers.Normalization()
    layer.adapt(floats(8, 4, 3) * 3 + 1)
    return sequence(layer, layers.LSTM(2), layers.Dense(1))


cases.append(case("Normalization", normalized(), x))


def functional(name, build, *inputs):
    return case(name, build(), *inputs)


def encoder_decoder():
    source, target = Input((4, 3)), Input((5, 2))
    _, h, c = layers.LSTM(2, return_state=True)(source)
    decoded = layers.LSTM(2, return_sequences=True)(target, initial_state=[h, c])
    return Model([source, target], layers.Dense(3, activation="softmax")(decoded))


def masked_encoder_decoder():
    source, target = Input((None,)), Input((None,))
    _, h = layers.GRU(2, return_state=True)(layers.Embedding(6, 3, mask_zero=True)(source))
    decoded = layers.GRU(2, return_sequences=True)(layers.Embedding(6, 3, mask_zero=True)(target), initial_state=h)
    return Model([source, target], layers.TimeDistributed(layers.Dense(3, activation="softmax"))(decoded))


def two_heads():
    source = Input((4, 3), name="signal")
    both = layers.Bidirectional(layers.LSTM(2, return_sequences=True, return_state=True))(source)
    joined = layers.Concatenate()([both[1], both[3]])
    return Model(source, [layers.Dense(1, name="value")(joined), layers.GlobalMaxPooling1D(name="peak")(both[0])])


def siamese():
    left, right = Input((4, 3)), Input((4, 3))
    shared = layers.LSTM(2)
    a, b = shared(left), shared(right)
    merged = layers.Concatenate()([layers.Multiply()([a, b]), layers.Subtract()([a, b]), layers.Average()([a, b]), layers.Maximum()([a, b])])
    return Model([left, right], layers.Dense(1)(merged))


def attention():
    source = Input((4, 3))
    states = layers.LSTM(2, return_sequences=True)(source)
    attended = layers.Attention()([states, states])
    return Model(source, layers.GlobalAveragePooling1D()(layers.Add()([states, attended])))


def masked_attention():
    source = Input((5,))
    states = layers.LSTM(2, return_sequences=True)(layers.Embedding(6, 3, mask_zero=True)(source))
    return Model(source, layers.Attention(use_scale=True)([states, states]))


def heads():
    source = Input((5, 4))
    states = layers.GRU(4, return_sequences=True)(source)
    return Model(source, layers.Flatten()(layers.MultiHeadAttention(2, 3)(states, states)))


def nested():
    inner = Sequential([Input((4, 3)), layers.LSTM(2), layers.Dense(2)], name="inner")
    source = Input((4, 3))
    return Model(source, layers.Dense(1)(inner(source)))


cases += [
    functional("encoder and decoder", encoder_decoder, x, floats(2, 5, 2)),
    functional("encoder and decoder with masks", masked_encoder_decoder, ids(3, 5), ids(3, 4)),
    functional("two outputs of states", two_heads, x),
    functional("one layer for two inputs", siamese, x, floats(2, 4, 3)),
    functional("Attention", attention, x),
    functional("Attention under a mask", masked_attention, ids(3, 5)),
    functional("MultiHeadAttention", heads, floats(2, 5, 4)),
    case("ConvLSTM1D", sequence(layers.ConvLSTM1D(2, 3, padding="same", return_sequences=True, dropout=0.1), layers.ConvLSTM1D(2, 2, strides=2), layers.Flatten(), layers.Dense(1), shape=(3, 6, 2)), floats(2, 3, 6, 2)),
    case("ConvLSTM2D", sequence(layers.ConvLSTM2D(2, 2, recurrent_activation="hard_sigmoid"), layers.Flatten(), layers.Dense(1), shape=(3, 3, 4, 1)), floats(2, 3, 3, 4, 1)),
    functional("Dot", lambda: (lambda a, b: Model([a, b], layers.Dot(axes=1, normalize=True)([layers.Dense(2)(a), layers.Dense(2)(b)])))(Input((3,)), Input((3,))), floats(2, 3), floats(2, 3)),
]



def words_of_sentences():
    """Hierarchical: an encoder of words at each sentence, and an encoder of sentences."""
    words = Input((None,))
    states = layers.Bidirectional(layers.GRU(2, return_sequences=True))(layers.Embedding(6, 3, mask_zero=True)(words))
    encoder = Model(words, layers.Dense(2, activation="tanh")(layers.GlobalMaxPooling1D()(states)), name="words")
    document = Input((3, 5))
    return Model(document, layers.Dense(1)(layers.LSTM(2)(layers.TimeDistributed(encoder)(document))))


def frames():
    cnn = Sequential([Input((6, 2)), layers.Conv1D(3, 3, activation="relu"), layers.BatchNormalization(), layers.MaxPooling1D(2), layers.Flatten()], name="frames")
    return sequence(layers.TimeDistributed(cnn), layers.BatchNormalization(), layers.LSTM(2), layers.Dense(1), shape=(3, 6, 2))


def other_direction(forward, backward, **options):
    return layers.Bidirectional(forward, backward_layer=backward, **options)


def steps_in_steps():
    return layers.TimeDistributed(layers.TimeDistributed(Sequential([layers.Dense(2), layers.Dense(1)])))


def two_ways():
    """Steps of a graph with a layer that is called twice, and directions unlike each other."""
    step = Input((3,))
    dense = layers.Dense(3, activation="tanh", name="again")
    normalized = layers.BatchNormalization()(dense(dense(step)))
    each = Model(step, layers.Concatenate()([normalized, layers.Dense(2, name="last")(step)]), name="each")
    source = Input((4, 3))
    both = other_direction(layers.LSTM(2, return_sequences=True), layers.GRU(2, use_bias=False, return_sequences=True, go_backwards=True))
    return Model(source, layers.Dense(1, activation="sigmoid")(layers.GRU(2)(both(layers.TimeDistributed(each)(source)))))


def attention_by_hand():
    """As many tutorials write it: a weight for each step, from small layers."""
    source = Input((5,))
    states = layers.LSTM(3, return_sequences=True)(layers.Embedding(6, 3)(source))
    weights = layers.Activation("softmax")(layers.Flatten()(layers.Dense(1, activation="tanh")(states)))
    weights = layers.Permute([2, 1])(layers.RepeatVector(3)(weights))
    return Model(source, layers.Dense(1, activation="sigmoid")(layers.Flatten()(layers.Multiply()([states, weights]))))


def two_poolings():
    """Labels of comments: averages and maxima of both directions, side by side."""
    source = Input((5,), name="text")
    states = layers.Bidirectional(layers.GRU(2, return_sequences=True))(layers.SpatialDropout1D(0.2)(layers.Embedding(6, 3)(source)))
    pooled = layers.Concatenate()([layers.GlobalAveragePooling1D()(states), layers.GlobalMaxPooling1D()(states)])
    return Model(source, layers.Dense(3, activation="sigmoid", name="labels")(layers.BatchNormalization()(pooled)))


cases += [
    functional("attention of small layers", attention_by_hand, ids(3, 5)),
    functional("two poolings and several labels", two_poolings, ids(3, 5)),
    case("forecaster of encoder and decoder, relu", sequence(layers.LSTM(4, activation="relu"), layers.RepeatVector(3), layers.LSTM(4, activation="relu", return_sequences=True), layers.TimeDistributed(layers.Dense(3, activation="relu")), layers.TimeDistributed(layers.Dense(1))), x),
    case("forecaster of convolved steps", sequence(layers.TimeDistributed(layers.Conv1D(3, 2, activation="relu")), layers.TimeDistributed(layers.MaxPooling1D(2)), layers.TimeDistributed(layers.Flatten()), layers.LSTM(3, activation="relu"), layers.Dense(1), shape=(2, 5, 1)), floats(2, 2, 5, 1)),
    case("ConvLSTM1D, stateful", Sequential([Input(batch_shape=(2, 3, 6, 2)), layers.ConvLSTM1D(2, 3, stateful=True, recurrent_dropout=0.2)]), floats(2, 3, 6, 2)),
    case("TimeDistributed over a model", frames(), floats(2, 3, 6, 2)),
    functional("TimeDistributed over a graph of masked words", words_of_sentences, ids(2, 3, 5)),
    functional("TimeDistributed over a graph, and directions unlike each other", two_ways, x),
    case("TimeDistributed over TimeDistributed over a model", sequence(steps_in_steps(), shape=(2, 4, 3)), floats(2, 2, 4, 3)),
    case("Bidirectional, an LSTM and a wider SimpleRNN without bias", sequence(other_direction(layers.LSTM(2), layers.SimpleRNN(3, use_bias=False, go_backwards=True))), x),
    case("Bidirectional, a GRU and an LSTM without bias, mul", sequence(other_direction(layers.GRU(2, use_bias=False, return_sequences=True), layers.LSTM(2, go_backwards=True, return_sequences=True), merge_mode="mul")), x),
    case("Bidirectional, directions unlike each other, masked", Sequential([Input((5,)), layers.Embedding(6, 3, mask_zero=True), other_direction(layers.LSTM(2, return_sequences=True), layers.GRU(2, activation="relu", return_sequences=True, go_backwards=True), merge_mode="sum"), layers.LSTM(2)]), ids(3, 5)),
]


def write(name, content):
    path = here / name
    path.write_bytes(gzip.compress(json.dumps(content, separators=(",", ":")).encode(), mtime=0))
    print(path, path.stat().st_size)


write("keras-models.json.gz", cases)


# Whole files.

def text_of(path):
    return base64.b64encode(Path(path).read_bytes()).decode()


def prediction(model, value):
    return {"inputs": [tensor(value)], "outputs": [tensor(model.predict(value, verbose=0))]}


def as_keras_2_12(path, target):
    """Its list of layers had another name, and numbers of layers with weights went up by two."""

    def copy(source, into, name):
        copied = into.create_group("_layer_checkpoint_dependencies" if name == "layers" else name)
        for key, child in source.items():
            if isinstance(child, h5py.Dataset):
                copied.create_dataset(key, data=child[()])
            else:
                base, _, number = key.rpartition("_")
                copy(child, copied, f"{base}_{2 * int(number)}" if name == "layers" and number.isdigit() else key)

    with h5py.File(path) as source, h5py.File(target, "w") as into:
        for key, child in source.items():
            copy(child, into, key)


def whole_files():
    tokens = ids(3, 5)
    model = fill(Sequential([
        Input((5,)), layers.Embedding(6, 3, mask_zero=True), layers.Bidirectional(layers.LSTM(2, return_sequences=True)),
        layers.TimeDistributed(layers.Dense(2, activation="relu")), layers.GRU(2), layers.BatchNormalization(),
        layers.Dropout(0.5), layers.Dense(1, activation="sigmoid"),
    ]))
    deep = fill(nested())
    wrapped = fill(two_ways())
    with tempfile.TemporaryDirectory() as folder:
        for name, each, value in [("sequential", model, tokens), ("nested", deep, floats(2, 4, 3)), ("wrapped", wrapped, floats(2, 4, 3))]:
            base = Path(folder) / name
            each.save(f"{base}.keras")
            each.save(f"{base}.h5")
            each.save_weights(f"{base}.weights.h5")
            # As Keras 2 had it: weights in the layout of `save`, without the architecture.
            from keras.src.legacy.saving import legacy_h5_format
            with h5py.File(f"{base}.old.h5", "w") as file:
                legacy_h5_format.save_weights_to_hdf5_group(file, each)
            as_keras_2_12(f"{base}.weights.h5", f"{base}.2_12.weights.h5")
            kinds = ["keras", "h5", "weights.h5", "old.h5", "2_12.weights.h5"]
            yield {
                "name": name,
                "files": {kind: text_of(f"{base}.{kind}") for kind in kinds},
                "json": each.to_json(),
                **prediction(each, value),
            }


# Files as Keras 1 and 2 wrote them.

def old_file(path, version, config, groups, backend="tensorflow"):
    """`groups`: per layer its name and its weights by name."""
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = version.encode()
        file.attrs["backend"] = backend.encode()
        file.attrs["model_config"] = json.dumps(config).encode()
        root = file.create_group("model_weights")
        root.attrs["layer_names"] = [name.encode() for name, _ in groups]
        root.attrs["backend"] = backend.encode()
        root.attrs["keras_version"] = version.encode()
        for name, weights in groups:
            group = root.create_group(name)
            group.attrs["weight_names"] = np.asarray([key.encode() for key, _ in weights])
            for key, value in weights:
                group.create_dataset(key, data=value)
    return text_of(path)


@keras.saving.register_keras_serializable()
def hard_sigmoid_of_keras_2(value):
    return keras.ops.clip(0.2 * value + 0.5, 0.0, 1.0)


def gates(kernel, units):
    return [kernel[..., start:start + units] for start in range(0, kernel.shape[-1], units)]


def keras_1():
    tokens = ids(3, 5)
    model = fill(Sequential([
        Input((5,)), layers.Embedding(6, 3), layers.LSTM(2, recurrent_activation=hard_sigmoid_of_keras_2, return_sequences=True),
        layers.GRU(2, recurrent_activation=hard_sigmoid_of_keras_2, reset_after=False), layers.Dense(1, activation="sigmoid"),
    ]))
    (table,), lstm, gru, dense = [layer.get_weights() for layer in model.layers]
    parts = [gates(weight, 2) for weight in lstm]
    lstm_weights = [(f"lstm_1_{letter}_{gate}:0", part[at]) for gate, at in [("i", 0), ("c", 2), ("f", 1), ("o", 3)]
                    for letter, part in zip(["W", "U", "b"], parts)]
    parts = [gates(weight, 2) for weight in gru]
    gru_weights = [(f"gru_1_{letter}_{gate}:0", part[at]) for gate, at in [("z", 0), ("r", 1), ("h", 2)]
                   for letter, part in zip(["W", "U", "b"], parts)]
    old = {"trainable": True, "init": "glorot_uniform", "inner_init": "orthogonal", "forget_bias_init": "one", "activation": "tanh",
           "inner_activation": "hard_sigmoid", "W_regularizer": None, "U_regularizer": None, "b_regularizer": None, "dropout_W": 0.2,
           "dropout_U": 0.0, "consume_less": "cpu", "go_backwards": False, "stateful": False, "unroll": False, "input_length": None}
    config = {"class_name": "Sequential", "keras_version": "1.2.2", "config": [
        {"class_name": "Embedding", "config": {"name": "embedding_1", "trainable": True, "batch_input_shape": [None, 5], "input_dtype": "int32", "input_dim": 6,
                                               "output_dim": 3, "init": "uniform", "input_length": 5, "mask_zero": False, "dropout": 0.0,
                                               "W_regularizer": None, "W_constraint": None, "activity_regularizer": None}},
        {"class_name": "LSTM", "config": {"name": "lstm_1", "output_dim": 2, "input_dim": 3, "return_sequences": True, **old}},
        {"class_name": "GRU", "config": {"name": "gru_1", "output_dim": 2, "input_dim": 2, "return_sequences": False,
                                         **{key: value for key, value in old.items() if key != "forget_bias_init"}}},
        {"class_name": "Dense", "config": {"name": "dense_1", "trainable": True, "output_dim": 1, "input_dim": 2, "init": "glorot_uniform", "activation": "linear",
                                           "bias": True, "W_regularizer": None, "b_regularizer": None, "W_constraint": None}},
        {"class_name": "Activation", "config": {"name": "activation_1", "trainable": True, "activation": "sigmoid"}},
    ]}
    groups = [("embedding_1", [("embedding_1_W:0", table)]), ("lstm_1", lstm_weights), ("gru_1", gru_weights),
              ("dense_1", [("dense_1_W:0", dense[0]), ("dense_1_b:0", dense[1])]), ("activation_1", [])]
    return model, tokens, ("1.2.2", config, groups)


def keras_2():
    """hard_sigmoid, `implementation`, `inbound_nodes` of Keras 2, a GRU without `reset_after`, `time_major`."""
    signal = Input((4, 3), name="signal")
    forward = layers.Bidirectional(layers.LSTM(2, recurrent_activation=hard_sigmoid_of_keras_2, return_sequences=True), name="both")(signal)
    state = layers.GRU(2, recurrent_activation=hard_sigmoid_of_keras_2, reset_after=False, name="gru_1")(forward)
    model = fill(Model(signal, layers.Dense(2, name="dense_1")(state)))
    value = floats(2, 4, 3)
    weights = {layer.name: layer.get_weights() for layer in model.layers}
    recurrent = {"trainable": True, "return_state": False, "go_backwards": False, "stateful": False, "unroll": False, "units": 2, "activation": "tanh",
                 "recurrent_activation": "hard_sigmoid", "use_bias": True, "dropout": 0.0, "recurrent_dropout": 0.0, "implementation": 1,
                 "kernel_initializer": {"class_name": "VarianceScaling", "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None}},
                 "recurrent_initializer": {"class_name": "Orthogonal", "config": {"gain": 1.0, "seed": None}},
                 "bias_initializer": {"class_name": "Zeros", "config": {}}, "kernel_regularizer": None, "recurrent_constraint": None}
    config = {"class_name": "Model", "config": {"name": "model_1", "layers": [
        {"name": "signal", "class_name": "InputLayer", "config": {"batch_input_shape": [None, 4, 3], "dtype": "float32", "sparse": False, "name": "signal"}, "inbound_nodes": []},
        {"name": "both", "class_name": "Bidirectional", "config": {"name": "both", "trainable": True, "merge_mode": "concat",
            "layer": {"class_name": "LSTM", "config": {"name": "lstm_1", "return_sequences": True, "unit_forget_bias": True, "time_major": False, **recurrent}}},
         "inbound_nodes": [[["signal", 0, 0, {}]]]},
        {"name": "gru_1", "class_name": "GRU", "config": {"name": "gru_1", "return_sequences": False, **recurrent}, "inbound_nodes": [[["both", 0, 0, {}]]]},
        {"name": "dense_1", "class_name": "Dense", "config": {"name": "dense_1", "trainable": True, "units": 2, "activation": "linear", "use_bias": True},
         "inbound_nodes": [["gru_1", 0, 0, {}]]},
    ], "input_layers": [["signal", 0, 0]], "output_layers": [["dense_1", 0, 0]]}}
    both = [f"both/{direction}_lstm_1/{name}:0" for direction in ["forward", "backward"] for name in ["kernel", "recurrent_kernel", "bias"]]
    groups = [("signal", []), ("both", list(zip(both, weights["both"]))),
              ("gru_1", [(f"gru_1/{name}:0", value) for name, value in zip(["kernel", "recurrent_kernel", "bias"], weights["gru_1"])]),
              ("dense_1", [("kernel:0", weights["dense_1"][0]), ("bias:0", weights["dense_1"][1])])]
    return model, value, ("2.2.4", config, groups)


def as_cudnn(kernel):
    return kernel.flatten(order="F").reshape(kernel.shape)


def cudnn():
    """Layers that were trained on a graphics card; Keras 2 itself converted them like this (`_convert_rnn_weights`)."""
    model = fill(Sequential([Input((4, 3)), layers.LSTM(2, return_sequences=True), layers.GRU(2)]))
    lstm, gru = [layer.get_weights() for layer in model.layers]
    halves = rng.normal(0, 0.3, lstm[2].shape).astype("float32")
    lstm_weights = [np.hstack([as_cudnn(gate) for gate in gates(lstm[0], 2)]), np.hstack([gate.T for gate in gates(lstm[1], 2)]),
                    np.concatenate([halves, lstm[2] - halves])]
    gru_weights = [np.hstack([as_cudnn(gate) for gate in gates(gru[0], 2)]), np.hstack([gate.T for gate in gates(gru[1], 2)]), gru[2].flatten()]
    base = {"trainable": True, "return_state": False, "go_backwards": False, "stateful": False, "units": 2, "unit_forget_bias": True}
    config = {"class_name": "Sequential", "config": {"name": "sequential_1", "layers": [
        {"class_name": "CuDNNLSTM", "config": {"name": "cu_dnnlstm_1", "batch_input_shape": [None, 4, 3], "dtype": "float32", "return_sequences": True, **base}},
        {"class_name": "CuDNNGRU", "config": {"name": "cu_dnngru_1", "return_sequences": False, **{k: v for k, v in base.items() if k != "unit_forget_bias"}}},
    ]}}
    names = ["kernel", "recurrent_kernel", "bias"]
    groups = [("cu_dnnlstm_1", [(f"cu_dnnlstm_1/{n}:0", w) for n, w in zip(names, lstm_weights)]),
              ("cu_dnngru_1", [(f"cu_dnngru_1/{n}:0", w) for n, w in zip(names, gru_weights)])]
    return model, floats(2, 4, 3), ("2.1.6-tf", config, groups)


def old_files():
    with tempfile.TemporaryDirectory() as folder:
        for name, build in [("Keras 1", keras_1), ("Keras 2", keras_2), ("CuDNN layers of Keras 2", cudnn)]:
            model, value, (version, config, groups) = build()
            yield {"name": name, "files": {"h5": old_file(f"{folder}/model.h5", version, config, groups)}, **prediction(model, value)}


# Text classifiers with their tokenizers, from texts to probabilities.

def text_models():
    from keras.utils import pad_sequences
    from keras.src.legacy.preprocessing.text import Tokenizer

    train = ["the film was good", "the film was bad, so bad!", "a good, good cat", "I did not like the plot"]
    texts = [*train, "good", "unknown words only", "", "The PLOT was good and the film was bad but the cat was good"]
    for name, options, padding, truncating, classes in [
        ("two classes", {"num_words": 10, "oov_token": "<OOV>"}, "pre", "pre", 1),
        ("three classes", {}, "post", "post", 3),
        ("characters, scores", {"char_level": True}, "post", "pre", 3),
    ]:
        tokenizer = Tokenizer(**options)
        tokenizer.fit_on_texts(train)
        rows = min(tokenizer.num_words or 1000, len(tokenizer.word_index) + 1)
        scores = name.endswith("scores")
        model = fill(Sequential([
            Input((8,)), layers.Embedding(rows, 4, mask_zero=True), layers.Bidirectional(layers.LSTM(3)),
            layers.Dense(classes, activation="linear" if scores else "sigmoid" if classes == 1 else "softmax"),
        ]))
        ids = pad_sequences(tokenizer.texts_to_sequences(texts), maxlen=8, padding=padding, truncating=truncating)
        outputs = model.predict(ids, verbose=0)
        if scores:
            outputs = np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
        with tempfile.TemporaryDirectory() as folder:
            model.save(f"{folder}/model.h5")
            yield {"name": name, "file": text_of(f"{folder}/model.h5"), "tokenizer": json.dumps(tokenizer.to_json()), "padding": padding,
                   "truncating": truncating, "texts": texts, "probs": tensor(outputs)}


write("keras-texts.json.gz", [*text_models()])
write("keras-files.json.gz", [*whole_files(), *old_files()])
