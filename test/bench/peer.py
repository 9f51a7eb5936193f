"""Training-step times of PyTorch, for `npm run bench`. Reads one JSON request per line, answers one JSON line.

A request {"cell", "batch", "window", "symbols", "hidden", "seconds", "threads"} runs forward, backward, clipping and Adam on one-hot
symbols, as the workload of ours does, for about `seconds`; the answer holds the seconds of every step after warming up.
"""
import json
import sys
import time

import torch

CELLS = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU, "rnn": torch.nn.RNN}


def measure(cell, batch, window, symbols, hidden, seconds, threads):
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    net = CELLS[cell](symbols, hidden)
    readout = torch.nn.Linear(hidden, symbols)
    weights = [*net.parameters(), *readout.parameters()]
    optimiser = torch.optim.Adam(weights, lr=1e-3)
    loss_of = torch.nn.CrossEntropyLoss()
    ids = torch.randint(symbols, (window + 1, batch))
    x = torch.nn.functional.one_hot(ids[:-1], symbols).float()
    target = ids[1:].reshape(-1)
    state = None
    times = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 5:
        start = time.perf_counter()
        optimiser.zero_grad(set_to_none=True)
        out, state = net(x, state)
        state = tuple(s.detach() for s in state) if isinstance(state, tuple) else state.detach()
        loss = loss_of(readout(out).reshape(-1, symbols), target)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        times.append(time.perf_counter() - start)
    return times[2:]


print(json.dumps({"version": torch.__version__}), flush=True)
for line in sys.stdin:
    print(json.dumps({"times": measure(**json.loads(line))}), flush=True)
