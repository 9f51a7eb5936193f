"""Training-step times of PyTorch, for `npm run bench`. Reads one JSON request per line, answers one JSON line.

A request {"model", "layers", "batch", "window", "symbols", "hidden", "embedding", "dropout", "task", "threads", "compile", "seconds"}
runs forward, backward, clipping and Adam, as the workload of ours does, for about `seconds`; the answer holds the seconds of every
step after warming up, the seconds spent on compiling, and the largest resident set of the process in bytes.
"""
import json
import resource
import sys
import time

import torch

from peer_cells import CELLS, Loop

BUILT_IN = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}


class Net(torch.nn.Module):
    """Symbols -> recurrent layers -> readout of every step, or of the last one."""

    def __init__(self, model, layers, symbols, hidden, embedding, dropout, task, compiled):
        super().__init__()
        self.symbols, self.task, self.dropout = symbols, task, dropout
        self.embed = torch.nn.Embedding(symbols, embedding) if embedding else None
        inputs = embedding or symbols
        if model in BUILT_IN:
            self.layers = BUILT_IN[model](inputs, hidden, num_layers=layers)
        else:
            self.layers = Loop(CELLS[model](inputs, hidden), compiled)
        self.readout = torch.nn.Linear(hidden, 1 if task == "reviews" else symbols)

    def forward(self, ids, state):
        x = self.embed(ids) if self.embed else torch.nn.functional.one_hot(ids, self.symbols).float()
        if self.embed:
            x = torch.nn.functional.dropout(x, self.dropout)
        out, state = self.layers(x, state)
        if self.task == "reviews":
            out = out[-1]
        return self.readout(torch.nn.functional.dropout(out, self.dropout) if self.dropout else out), state


def detached(state):
    return tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()


def measure(model, layers, batch, window, symbols, hidden, embedding, dropout, task, threads, compile, seconds):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    net = Net(model, layers, symbols, hidden, embedding, dropout, task, compile)
    weights = list(net.parameters())
    optimiser = torch.optim.Adam(weights, lr=1e-3)
    reviews = task == "reviews"
    loss_of = torch.nn.BCEWithLogitsLoss() if reviews else torch.nn.CrossEntropyLoss()
    ids = (symbols * torch.rand(window + 1, batch) ** (3 if reviews else 1)).long()
    labels = torch.randint(2, (batch, 1)).float()
    state = None
    times = []

    def step():
        nonlocal state
        optimiser.zero_grad(set_to_none=True)
        out, after = net(ids[:-1], None if reviews else state)
        state = detached(after)
        loss = loss_of(out, labels) if reviews else loss_of(out.reshape(-1, symbols), ids[1:].reshape(-1))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()

    begin = time.perf_counter()
    for _ in range(2):
        step()
    warm = time.perf_counter() - begin
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    rss = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"times": times, "warm": warm, "rss": rss}


print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    print(json.dumps(measure(**json.loads(line))), flush=True)
