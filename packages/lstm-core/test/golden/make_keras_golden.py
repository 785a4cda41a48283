"""Makes keras.json beside this file: recurrent layers of Keras 3, forward and backward.

Made with Keras 3.15.1 on PyTorch 2.13.0 (CPU), which multiplies in float32 whatever the type of the weights. Weights, inputs, states and the factors of the loss come from an Lcg (lcg.py).
Run: KERAS_BACKEND=torch python make_keras_golden.py
"""
import json
import pathlib

import keras
import torch
from lcg import Lcg, summary

keras.config.set_dtype_policy("float64")
here = pathlib.Path(__file__).parent
INPUT, UNITS, LENGTHS, TIME = 3, 4, [4, 2, 3], 4
MASK = torch.tensor([[time < length for time in range(TIME)] for length in LENGTHS])


def real_steps(sequence, options):
    """Each output at the time of its input, where Keras lists them in the order of reading; zeros on padding, where Keras repeats one."""
    return (sequence.flip(1) if options.get("go_backwards") else sequence) * MASK[:, :, None]


def case(seed, kind, options, has_state=False, wrapper=None):
    """`options` are Keras's own; `wrapper` makes the layer bidirectional with this merge mode."""
    lcg = Lcg(seed)
    layers = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU, "rnn": keras.layers.SimpleRNN}
    layer = layers[kind](UNITS, return_sequences=True, return_state=True, **options)
    if wrapper is not None:
        layer = keras.layers.Bidirectional(layer, merge_mode=None if wrapper == "none" else wrapper)
    x = lcg.draw(len(LENGTHS), TIME, INPUT).requires_grad_()
    layer.build((len(LENGTHS), TIME, INPUT))
    for weight in layer.weights:
        weight.assign(lcg.draw(*weight.shape, scale=0.5).numpy())
    states = []
    if has_state:
        count = (2 if kind == "lstm" else 1) * (1 if wrapper is None else 2)
        states = [lcg.draw(len(LENGTHS), UNITS).requires_grad_() for _ in range(count)]
    given = layer(x, mask=MASK, initial_state=states or None)
    outputs = 2 if wrapper == "none" else 1
    sequences, last = given[:outputs], given[outputs:]
    sequence = real_steps(torch.cat(list(sequences), 2), options)
    results = {"output": sequence, **{f"state {index}": state for index, state in enumerate(last)}}
    sum((result * lcg.draw(*result.shape)).sum() for result in results.values()).backward()
    names = [f"weight {index}" for index in range(len(layer.weights))]
    gradients = {"input": x.grad, **{f"initial {index}": state.grad for index, state in enumerate(states)},
                 **dict(zip(names, [weight.value.grad for weight in layer.weights]))}
    summaries = lambda tensors: {name: summary(tensor) for name, tensor in tensors.items()}
    return {"seed": seed, "kind": kind, "options": options, "mergeMode": wrapper, "hasState": has_state,
            "shapes": [list(weight.shape) for weight in layer.weights],
            "results": summaries(results), "gradients": summaries(gradients)}


ACTIVATIONS = ["relu", "hard_sigmoid", "softsign", "elu", "selu", "linear"]
specs = [(kind, {}, state, None) for kind in ["lstm", "gru", "rnn"] for state in [False, True]]
specs += [(kind, {"activation": name}, False, None) for kind in ["lstm", "gru", "rnn"] for name in ACTIVATIONS]
specs += [(kind, {"recurrent_activation": name}, True, None) for kind in ["lstm", "gru"] for name in ["hard_sigmoid", "softsign"]]
specs += [("gru", {"reset_after": False}, state, None) for state in [False, True]]
specs += [("gru", {"reset_after": False, "activation": "relu", "recurrent_activation": "hard_sigmoid"}, True, None)]
specs += [(kind, {"go_backwards": True}, True, None) for kind in ["lstm", "gru", "rnn"]]
specs += [(kind, {"use_bias": False}, True, None) for kind in ["lstm", "gru", "rnn"]]
specs += [(kind, {}, True, mode) for kind in ["lstm", "gru", "rnn"] for mode in ["concat", "sum", "mul", "ave", "none"]]
cases = [case(seed, kind, options, state, mode) for seed, (kind, options, state, mode) in enumerate(specs, 1000)]
text = ",\n".join(json.dumps(one, separators=(",", ":")) for one in cases)
(here / "keras.json").write_text(f"[\n{text}\n]\n", encoding="utf-8")
