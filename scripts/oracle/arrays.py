"""Writes test/fixtures/arrays: .npy files of several types and orders, and their values as NumPy reads them."""

import json
import pathlib

import numpy as np

folder = pathlib.Path(__file__).parents[2] / "test/fixtures/arrays"
folder.mkdir(parents=True, exist_ok=True)
numbers = np.arange(24).reshape(2, 3, 4)
arrays = {
    "bytes": numbers.astype("u1"),
    "fortran": np.asfortranarray(numbers.astype("<f4") / 23),
    "big": numbers.astype(">u2"),
    "signed": (numbers - 12).astype("i1"),
    "wide": numbers.astype("<i8"),
    "doubles": np.asfortranarray(numbers.astype(">f8")),
    "bools": numbers % 3 == 0,
}
for name, array in arrays.items():
    np.save(folder / f"{name}.npy", array)
np.save(folder / "objects.npy", np.array([{}, 1], dtype=object), allow_pickle=True)
expected = {name: array.astype(float).flatten().tolist() for name, array in arrays.items()}
(folder / "expected.json").write_text(json.dumps(expected) + "\n")
