"""Writes test/fixtures/reviews.parquet with PyArrow: a table of texts, labels, numbers, dates and missing values, in two row groups."""
from datetime import date
from pathlib import Path
import pyarrow as pa
import pyarrow.parquet as pq

table = pa.table({
    "day": [date(2026, 1, n) for n in (1, 2, 3, 4)],
    "stars": pa.array([1.5, None, 3.0, 4.25], pa.float64()),
    "sentiment": ["bad", "good", "bad", "good"],
    "review": ["a dull, slow film", "a \"warm\" film\nwith wit", "no tension at all", "bright from end to end"],
})
pq.write_table(table, Path(__file__).parents[2] / "test/fixtures/reviews.parquet", row_group_size=2, compression="snappy")
