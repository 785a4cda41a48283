"""Makes article.json beside this file: the accuracy that Keras reaches with the program of the README, over several seeds.

Made with Keras 3.15.1 on PyTorch 2.13.0 (CPU), float32. The data come from the generator of make_keras_golden.py, as in the test.
Run: KERAS_BACKEND=torch python make_article_golden.py
"""
import json
import pathlib

import keras
import numpy as np
from keras.layers import LSTM, Dense
from keras.models import Sequential
from lcg import Lcg

n_steps, n_features = 10, 2
lcg = Lcg(5)
x = np.array([lcg.next() for _ in range(1600 * n_steps * n_features)], dtype=np.float32).reshape(1600, n_steps, n_features)
# Whether the sum of the first feature is above 0.
y = (x[:, :, 0].astype(np.float64).sum(axis=1) > 0).astype(np.float32)
X_train, y_train, X_test, y_test = x[:600], y[:600], x[600:], y[600:]

accuracies = []
for seed in range(5):
    keras.utils.set_random_seed(seed)
    model = Sequential()
    model.add(LSTM(50, activation="relu", input_shape=(n_steps, n_features)))
    model.add(Dense(1, activation="sigmoid"))
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    model.fit(X_train, y_train, epochs=20, batch_size=32, validation_split=0.2, verbose=0)
    loss, accuracy = model.evaluate(X_test, y_test, verbose=0)
    accuracies.append(round(float(accuracy), 4))
    print(seed, accuracies[-1])

golden = {"accuracies": accuracies, "mean": round(sum(accuracies) / len(accuracies), 4)}
pathlib.Path(__file__).with_name("article.json").write_text(json.dumps(golden) + "\n")
