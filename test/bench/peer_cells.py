"""Recurrent cells that PyTorch lacks, as a user would write them: one step in Python, the product of the inputs taken out of the loop.

A cell has `project(x)` for all steps at once, x (T, B, I), `start(batch)`, and `step(xt, state, t)` -> (h, state). With `compiled` the
step goes through torch.compile.
"""
import torch
from torch import nn


class Loop(nn.Module):
    """Runs a cell over time."""

    def __init__(self, cell, compiled):
        super().__init__()
        self.cell = cell
        self.step = torch.compile(cell.step, dynamic=False) if compiled else cell.step

    def forward(self, x, state):
        state = self.cell.start(x.shape[1]) if state is None else state
        xs = self.cell.project(x).unbind(0)
        hs = []
        for t, xt in enumerate(xs):
            h, state = self.step(xt, state, self.cell.phase(t))
            hs.append(h)
        return torch.stack(hs), state


class Gated(nn.Module):
    """Input and state products of some gates, h and c as state."""

    gates = 4

    def __init__(self, inputs, hidden):
        super().__init__()
        self.hidden = hidden
        self.x = nn.Linear(inputs, self.gates * hidden)
        self.h = nn.Linear(hidden, self.gates * hidden, bias=False)

    def project(self, x):
        return self.x(x)

    def start(self, batch):
        return torch.zeros(batch, self.hidden), torch.zeros(batch, self.hidden)

    def phase(self, t):
        return 0

    def memory(self, z, c):
        i, f, g, o = z.chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class Peephole(Gated):
    def __init__(self, inputs, hidden):
        super().__init__(inputs, hidden)
        self.p_i, self.p_f, self.p_o = (nn.Parameter(torch.rand(hidden)) for _ in range(3))

    def step(self, xt, state, t):
        h, c = state
        i, f, g, o = (xt + self.h(h)).chunk(4, 1)
        i, f = torch.sigmoid(i + self.p_i * c), torch.sigmoid(f + self.p_f * c)
        c = f * c + i * torch.tanh(g)
        h = torch.sigmoid(o + self.p_o * c) * torch.tanh(c)
        return h, (h, c)


class LayerNorm(Gated):
    def __init__(self, inputs, hidden):
        super().__init__(inputs, hidden)
        self.norm_x, self.norm_h = nn.LayerNorm(4 * hidden), nn.LayerNorm(4 * hidden)
        self.norm_c = nn.LayerNorm(hidden)

    def project(self, x):
        return self.norm_x(self.x(x))

    def step(self, xt, state, t):
        h, c = state
        i, f, g, o = (xt + self.norm_h(self.h(h))).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(self.norm_c(c))
        return h, (h, c)


class Multiplicative(Gated):
    def __init__(self, inputs, hidden):
        super().__init__(inputs, hidden)
        self.alpha, self.b1, self.b2, self.b = (nn.Parameter(torch.rand(4 * hidden)) for _ in range(4))

    def step(self, xt, state, t):
        h, c = state
        u = self.h(h)
        h, c = self.memory(self.alpha * xt * u + self.b1 * xt + self.b2 * u + self.b, c)
        return h, (h, c)


class Zoneout(Gated):
    def step(self, xt, state, t):
        h, c = state
        new_h, new_c = self.memory(xt + self.h(h), c)
        h = torch.where(torch.rand_like(h) < 0.1, h, new_h)
        c = torch.where(torch.rand_like(c) < 0.1, c, new_c)
        return h, (h, c)


class Coupled(Gated):
    gates = 3

    def step(self, xt, state, t):
        h, c = state
        f, g, o = (xt + self.h(h)).chunk(3, 1)
        f = torch.sigmoid(f)
        c = f * c + (1 - f) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h, (h, c)


class Clockwork(Gated):
    """Four groups with periods 1, 2, 4, 8, fastest first; a group reads itself and slower ones. Only groups that tick are computed."""

    gates = 1

    def __init__(self, inputs, hidden):
        super().__init__(inputs, hidden)
        group = torch.arange(hidden) * 4 // hidden
        self.register_buffer("mask", (group[None, :] >= group[:, None]).float())

    def phase(self, t):
        return sum(1 for p in (1, 2, 4, 8) if t % p == 0)

    def start(self, batch):
        return torch.zeros(batch, self.hidden)

    def step(self, xt, h, groups):
        n = groups * self.hidden // 4
        fresh = torch.tanh(xt[:, :n] + nn.functional.linear(h, (self.h.weight * self.mask)[:n]))
        h = torch.cat([fresh, h[:, n:]], 1)
        return h, h


CELLS = {
    "peephole": Peephole,
    "layernorm-lstm": LayerNorm,
    "mi-lstm": Multiplicative,
    "zoneout-lstm": Zoneout,
    "coupled-lstm": Coupled,
    "clockwork": Clockwork,
}
