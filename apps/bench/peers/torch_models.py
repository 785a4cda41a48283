"""The models of src/models.ts in PyTorch, with the batches of src/shapes.ts."""
import torch
from torch import nn
from torch.nn import functional as F


class Sentiment(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(20000, 128)
        self.encoder = nn.LSTM(128, 128, batch_first=True, bidirectional=True)
        self.classifier = nn.Linear(512, 2)
        self.ids, self.labels = torch.randint(20000, (32, 200)), torch.randint(2, (32,))

    def forward(self, ids):
        states, _ = self.encoder(self.embedding(ids))
        return self.classifier(torch.cat([states.max(1).values, states.mean(1)], 1))

    def loss(self):
        return F.cross_entropy(self(self.ids), self.labels)


class Classification(nn.Module):
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
    def __init__(self, batch=20, time=35, width=650, vocab_size=10000):
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, width)
        self.encoder = nn.LSTM(width, width, 2)
        self.output = nn.Linear(width, vocab_size)
        self.ids, self.next = torch.randint(vocab_size, (time, batch)), torch.randint(vocab_size, (time * batch,))

    def loss(self):
        states, _ = self.encoder(self.embedding(self.ids))
        return F.cross_entropy(self.output(states.flatten(0, 1)), self.next)


class Translation(nn.Module):
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

    def encode(self, ids):
        """Memory [batch, time, 512], keys [batch, 512, time], and the decoder's first state."""
        memory, _ = self.encoder(self.source(ids))
        hidden = torch.tanh(self.bridge(memory.mean(1)))
        return memory, self.key(memory).transpose(1, 2), (hidden, torch.zeros_like(hidden), torch.zeros_like(hidden))

    def step(self, vectors, state, memory, keys):
        hidden, cell, attentional = state
        hidden, cell = self.cell(torch.cat([vectors, attentional], 1), (hidden, cell))
        weights = torch.bmm(hidden[:, None], keys).softmax(2)
        context = torch.bmm(weights, memory)[:, 0]
        return hidden, cell, torch.tanh(self.combine(torch.cat([context, hidden], 1)))

    def loss(self):
        memory, keys, state = self.encode(self.ids)
        vectors, outputs = self.target(self.read), []
        for time_step in range(20):
            state = self.step(vectors[:, time_step], state, memory, keys)
            outputs.append(state[2])
        return F.cross_entropy(self.output(torch.stack(outputs, 1).view(1280, 512)), self.write)

    def greedy(self, ids, length):
        memory, keys, state = self.encode(ids)
        word = torch.ones(1, dtype=torch.long)
        for _ in range(length):
            state = self.step(self.target(word), state, memory, keys)
            word = self.output(state[2]).argmax(1)
        return word

    def beam(self, ids, length, beam_size=5):
        memory, keys, state = self.encode(ids)
        memory, keys = memory.expand(beam_size, -1, -1).contiguous(), keys.expand(beam_size, -1, -1).contiguous()
        state = [part.expand(beam_size, -1).contiguous() for part in state]
        scores = torch.full((beam_size,), -1e9)
        scores[0] = 0
        words = torch.ones(beam_size, dtype=torch.long)
        for _ in range(length):
            state = self.step(self.target(words), state, memory, keys)
            totals = self.output(state[2]).log_softmax(1) + scores[:, None]
            scores, best = totals.view(-1).topk(beam_size)
            parents, words = best // 8000, best % 8000
            state = [part[parents] for part in state]
        return words


class Textbook(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.LSTM(1, 50, batch_first=True)
        self.output = nn.Linear(50, 1)
        self.x, self.labels = torch.randn(32, 20, 1), torch.randint(2, (32, 1)).float()

    def loss(self):
        states, _ = self.encoder(self.x)
        return F.binary_cross_entropy_with_logits(self.output(states[:, -1]), self.labels)


shapes = {"a": Sentiment, "b": Classification, "c": LanguageModel, "d": Translation, "e": Textbook}
