"""Makes recurrent-arguments.json beside this file: the arguments of the recurrent layers of Keras and of PyTorch, by their names there.

Made with Keras 3.15.1 and PyTorch 2.13.0. Run: KERAS_BACKEND=torch python make_recurrent_arguments.py
"""
import inspect
import json
import pathlib

import keras
import torch

here = pathlib.Path(__file__).parent


def names(function, left_out=()):
    found = [name for name in inspect.signature(function).parameters if name not in ("self", "kwargs", "args", *left_out)]
    return found


apis = {}
for name in ["LSTM", "GRU", "SimpleRNN", "Bidirectional", "RNN", "StackedRNNCells", "LSTMCell", "GRUCell", "SimpleRNNCell",
             "ConvLSTM1D", "ConvLSTM2D"]:
    layer = getattr(keras.layers, name)
    apis[f"keras.layers.{name}"] = names(layer.__init__)
    if name in ("LSTM", "Bidirectional"):
        apis[f"keras.layers.{name}.call"] = names(layer.call)
base = names(torch.nn.RNNBase.__init__, ["mode"])
for name in ["LSTM", "GRU", "RNN"]:
    # Those that a class hands on to the base; only an LSTM may have a projection, and an RNN a nonlinearity.
    own = [argument for argument in base if name == "LSTM" or argument != "proj_size"]
    apis[f"torch.nn.{name}"] = own + (["nonlinearity"] if name == "RNN" else [])
    apis[f"torch.nn.{name}.forward"] = names(getattr(torch.nn, name).forward)
    apis[f"torch.nn.{name}Cell"] = names(getattr(torch.nn, f"{name}Cell").__init__)
(here / "recurrent-arguments.json").write_text(json.dumps(apis, indent=1) + "\n", encoding="utf-8")
