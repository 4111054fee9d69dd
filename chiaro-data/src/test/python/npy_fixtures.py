"""Writes the .npy files of src/test/resources/npy with numpy 2.4.6. Run: python npy_fixtures.py OUT"""

import sys
from pathlib import Path

import numpy as np

out = Path(sys.argv[1])
grid = np.array([[0.5, -1.25, 3.0], [1e-30, 2.0**-149, -3.4e38]])
np.save(out / "float32.npy", grid.astype(np.float32))
np.save(out / "float64.npy", np.array([0.1, -1e300, np.inf, np.nan]))
np.save(out / "int64.npy", np.array([[[1, -2], [2**62, -(2**63)]]]))
np.save(out / "scalar.npy", np.float64(2.5))
np.save(out / "empty.npy", np.zeros((0, 4), np.float32))
np.save(out / "fortran.npy", np.asfortranarray(grid.astype(np.float32)))
np.save(out / "int32.npy", np.arange(3, dtype=np.int32))
np.save(out / "big-endian.npy", np.arange(3, dtype=">f4"))
with open(out / "version2.npy", "wb") as file:
    np.lib.format.write_array(file, grid.astype(np.float32), version=(2, 0))
