"""One training step in PyTorch at the shapes of src/shapes.ts: forward, backward, clip at 1, Adam. One JSON line.

usage: torch_step.py <shape> <threads> <seconds> [fused]
"""
import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Sentiment(nn.Module):
    tokens = 32 * 200

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20000, 128)
        self.encoder = nn.LSTM(128, 128, batch_first=True, bidirectional=True)
        self.classifier = nn.Linear(512, 2)
        self.ids, self.labels = torch.randint(20000, (32, 200)), torch.randint(2, (32,))

    def loss(self):
        states, _ = self.encoder(self.embedding(self.ids))
        pooled = torch.cat([states.max(1).values, states.mean(1)], 1)
        return F.cross_entropy(self.classifier(pooled), self.labels)


class Classification(nn.Module):
    tokens = 64 * 50

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20000, 256)
        self.encoder = nn.LSTM(256, 256, 2, batch_first=True)
        self.classifier = nn.Linear(256, 4)
        self.ids, self.labels = torch.randint(20000, (64, 50)), torch.randint(4, (64,))

    def loss(self):
        states, _ = self.encoder(self.embedding(self.ids))
        return F.cross_entropy(self.classifier(states[:, -1]), self.labels)


class LanguageModel(nn.Module):
    tokens = 20 * 35

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(10000, 650)
        self.encoder = nn.LSTM(650, 650, 2)
        self.output = nn.Linear(650, 10000)
        self.ids, self.next = torch.randint(10000, (35, 20)), torch.randint(10000, (700,))

    def loss(self):
        states, _ = self.encoder(self.embedding(self.ids))
        return F.cross_entropy(self.output(states.view(700, 650)), self.next)


class Translation(nn.Module):
    tokens = 64 * 20

    def __init__(self):
        super().__init__()
        self.source, self.target = nn.Embedding(8000, 256), nn.Embedding(8000, 256)
        self.encoder = nn.LSTM(256, 256, batch_first=True, bidirectional=True)
        self.bridge = nn.Linear(512, 512)
        self.cell = nn.LSTMCell(768, 512)
        self.key = nn.Linear(512, 512, bias=False)
        self.combine = nn.Linear(1024, 512, bias=False)
        self.output = nn.Linear(512, 8000)
        self.read, self.write = torch.randint(8000, (64, 20)), torch.randint(8000, (64 * 20,))
        self.ids = torch.randint(8000, (64, 20))

    def loss(self):
        memory, _ = self.encoder(self.source(self.ids))
        keys = self.key(memory).transpose(1, 2)
        hidden = torch.tanh(self.bridge(memory.mean(1)))
        cell, attentional = torch.zeros_like(hidden), torch.zeros_like(hidden)
        vectors, outputs = self.target(self.read), []
        for time_step in range(20):
            hidden, cell = self.cell(torch.cat([vectors[:, time_step], attentional], 1), (hidden, cell))
            weights = torch.bmm(hidden[:, None], keys).softmax(2)
            context = torch.bmm(weights, memory)[:, 0]
            attentional = torch.tanh(self.combine(torch.cat([context, hidden], 1)))
            outputs.append(attentional)
        return F.cross_entropy(self.output(torch.stack(outputs, 1).view(1280, 512)), self.write)


class Textbook(nn.Module):
    tokens = 32 * 20

    def __init__(self):
        super().__init__()
        self.encoder = nn.LSTM(1, 50, batch_first=True)
        self.output = nn.Linear(50, 1)
        self.x, self.labels = torch.randn(32, 20, 1), torch.randint(2, (32, 1)).float()

    def loss(self):
        states, _ = self.encoder(self.x)
        return F.binary_cross_entropy_with_logits(self.output(states[:, -1]), self.labels)


shapes = {"a": Sentiment, "b": Classification, "c": LanguageModel, "d": Translation, "e": Textbook}


def main():
    shape, threads, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    torch.manual_seed(1)
    torch.set_num_threads(threads)
    model = shapes[shape]()
    parameters = list(model.parameters())
    optimizer = torch.optim.Adam(parameters, 1e-3, **({"fused": True} if "fused" in sys.argv else {}))

    def step():
        start = time.perf_counter()
        loss = model.loss()
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        return (time.perf_counter() - start) * 1e3

    def repeat(limit):
        times, end = [], time.perf_counter() + limit
        while len(times) < 3 or time.perf_counter() < end:
            times.append(step())
        return sorted(times)

    repeat(seconds / 4)
    times = repeat(seconds)
    print(json.dumps({"shape": shape, "threads": threads, "ms": times[len(times) // 2], "steps": len(times)}))


main()
