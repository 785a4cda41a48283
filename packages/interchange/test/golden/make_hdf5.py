"""Datasets in chunks, found and packed in every way that h5py has, to hdf5.json.gz: files with what they hold, what of them is refused,
and a model of keras-files.json.gz whose weights are packed.

    python make_hdf5.py        with h5py 3.14, HDF5 1.14
"""
import base64
import gzip
import io
import itertools
import json
from pathlib import Path

import h5py
import numpy as np

here = Path(__file__).parent
rng = np.random.default_rng(3)
small = np.round(rng.normal(size=(5, 7)), 3).astype("f4")
cube = np.round(rng.normal(size=(4, 5, 3)), 3).astype("f8")
whole = np.arange(-20, 40).reshape(6, 10).astype("i2")
many = np.arange(2600).astype("u1")


def file_of(libver, build):
    file = io.BytesIO()
    with h5py.File(file, "w", libver=libver) as root:
        build(root)
    return base64.b64encode(file.getvalue()).decode()


def case(name, libver, **datasets):
    """`datasets` by name: what they hold, and how it is stored."""
    def build(root):
        for key, (values, options) in datasets.items():
            root.create_dataset(key, data=values, **options)
    held = {key: {"shape": list(values.shape), "data": values.astype("f8").reshape(-1).tolist()} for key, (values, _) in datasets.items()}
    return {"name": name, "file": file_of(libver, build), "datasets": held}


common = {
    "chunks": (small, dict(chunks=(2, 3))),
    "one chunk": (small, dict(chunks=(5, 7))),
    "one chunk, gzip": (small, dict(chunks=(5, 7), compression="gzip")),
    "gzip and shuffle": (small, dict(chunks=(2, 3), compression="gzip", shuffle=True)),
    "room to grow": (small, dict(chunks=(5, 4), maxshape=(9, 11), compression="gzip")),
    "lzf and shuffle": (cube, dict(chunks=(2, 2, 2), compression="lzf", shuffle=True)),
    "lzf of long runs": (np.repeat(np.arange(3.0), 200).astype("f4"), dict(chunks=(300,), compression="lzf")),
    "checksums": (whole, dict(chunks=(4, 4), fletcher32=True)),
    "all filters": (cube, dict(chunks=(3, 2, 2), compression="gzip", shuffle=True, fletcher32=True)),
    "endless": (cube, dict(chunks=(1, 2, 2), maxshape=(None, 5, 3), compression="gzip")),
    "endless along the last axis": (cube, dict(chunks=(2, 2, 1), maxshape=(4, 8, None))),
    "endless, many chunks": (many[:700], dict(chunks=(2,), maxshape=(None,))),
    "float16": (small.astype("f2"), dict(chunks=(3, 3), shuffle=True)),
}


def early(root):
    """Chunks that were there before they were written lie in a row, without an index."""
    options = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    options.set_chunk((2, 3))
    options.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
    space = h5py.h5s.create_simple(small.shape)
    h5py.Dataset(h5py.h5d.create(root.id, b"early", h5py.h5t.IEEE_F32LE, space, options))[...] = small


def half_written(root):
    root.create_dataset("half written", shape=(6,), chunks=(2,), dtype="f4")[:2] = 1


files = [
    case("for all versions of HDF5", "earliest", **common, deep=(many, dict(chunks=(1,)))),
    case("for new versions of HDF5", "latest", **common, pages=(many, dict(chunks=(1,))), packed_pages=(many, dict(chunks=(2,), compression="gzip"))),
    {"name": "early", "file": file_of("latest", early), "datasets": {"early": {"shape": [5, 7], "data": small.astype("f8").reshape(-1).tolist()}}},
]
refused = {
    "several endless axes": file_of("latest", lambda root: root.create_dataset("x", data=small, chunks=(2, 3), maxshape=(None, None))),
    "scaleoffset": file_of("latest", lambda root: root.create_dataset("x", data=whole, chunks=(4, 4), scaleoffset=0)),
    "half written": file_of("latest", half_written),
}


def packed(libver):
    """The .h5 file of a golden model with its weights in small chunks, each packed in another way."""
    golden = json.loads(gzip.decompress((here / "keras-files.json.gz").read_bytes()))
    ways = itertools.cycle([
        dict(compression="gzip", shuffle=True), dict(compression="lzf"), dict(fletcher32=True), dict(endless=True),
        dict(endless=True, compression="gzip", fletcher32=True), dict(),
    ])
    model = next(one for one in golden if one["name"] == "nested")

    def build(root):
        with h5py.File(io.BytesIO(base64.b64decode(model["files"]["h5"]))) as source:
            root.attrs.update(source.attrs)

            def copy(path, item):
                if isinstance(item, h5py.Group):
                    root.require_group(path).attrs.update(item.attrs)
                elif item.shape == () or 0 in item.shape:
                    root.create_dataset(path, data=item[()])
                else:
                    chunks = tuple(min(4, extent) for extent in item.shape)
                    way = dict(next(ways))
                    if way.pop("endless", False):
                        way["maxshape"] = (*item.shape[:-1], None)
                    root.create_dataset(path, data=item[()], chunks=chunks, **way)

            source.visititems(copy)

    return file_of(libver, build)


def zeros(root):
    """Weights of one Dense layer that pack into far fewer bytes than there are."""
    root.attrs["layer_names"] = np.array(["dense"], dtype="S")
    layer = root.create_group("dense")
    layer.attrs["weight_names"] = np.array(["kernel", "bias"], dtype="S")
    layer.create_dataset("kernel", data=np.zeros((64, 1024), "f4"), chunks=(64, 1024), compression="gzip")
    layer.create_dataset("bias", data=np.full(1024, 0.5, "f4"), chunks=(1024,), compression="gzip")


golden = {"files": files, "refused": refused, "models": {libver: packed(libver) for libver in ["earliest", "latest"]}, "zeros": file_of("earliest", zeros)}
(here / "hdf5.json.gz").write_bytes(gzip.compress(json.dumps(golden).encode(), mtime=0))
