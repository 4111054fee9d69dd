"""Writes ../resources/io/chiaro/core/python.safetensors, read and written again by SafetensorsTest.

Made with safetensors 0.8.0, numpy 2.4.6: python safetensors_file.py
"""

import pathlib
import struct

import numpy as np
from safetensors import TensorSpec, serialize

half = np.array([0.0, -0.0, 1.0, -2.5, 65504.0, 6e-8, np.inf, 0.333251953125], dtype=np.float16)
bfloat = [0x0000, 0x3F80, 0xC020, 0x7F80, 0x3EAB]  # 0, 1, -2.5, infinity, 0.333984375
tensors = {
    "b.weight": ("float32", [2, 3], np.arange(6, dtype=np.float32) / 4),
    "a.weight": ("float32", [2], np.array([1.5, -1e-30], dtype=np.float32)),
    "double": ("float64", [2], np.array([1 / 3, 1e300])),
    "half": ("float16", [8], half),
    "brain": ("bfloat16", [5], np.array(bfloat, dtype=np.uint16)),
    "ids": ("int64", [1, 2], np.array([[-1, 2**40]], dtype=np.int64)),
    "counts": ("int32", [2], np.array([-7, 7], dtype=np.int32)),
    "bytes": ("uint8", [3], np.array([0, 127, 255], dtype=np.uint8)),
    "mask": ("bool", [3], np.array([True, False, True])),
    "scalar": ("float32", [], np.array(0.25, dtype=np.float32)),
    "empty": ("float32", [0, 4], np.zeros((0, 4), dtype=np.float32)),
    "näme \"x\"": ("float32", [1], np.array([3.0], dtype=np.float32)),
}
data = bytes(
    serialize(
        {
            name: TensorSpec(dtype=dtype, shape=shape, data_ptr=values.ctypes.data, data_len=values.nbytes)
            for name, (dtype, shape, values) in tensors.items()
        },
        metadata={"format": "pt"},
    )
)
out = pathlib.Path(__file__).parent / "../resources/io/chiaro/core/python.safetensors"
out.write_bytes(data)
length = struct.unpack("<Q", data[:8])[0]
print(data[8 : 8 + length].decode())
