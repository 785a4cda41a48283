"""Writes what TensorBoard itself reads in the golden event file (tensorboard 2.21): read-by-tensorboard.json.

Usage: python read_with_tensorboard.py [FILE [OUTPUT]]; of another file, such as that of a run, it prints the same.
"""

import base64
import json
import sys
from pathlib import Path

from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader

here = Path(__file__).parent
path = sys.argv[1] if len(sys.argv) > 1 else here / "events.out.tfevents.0.golden"
values = []
for event in LegacyEventFileLoader(str(path)).Load():
    for value in event.summary.value:
        at = {"tag": value.tag, "step": event.step, "wallTime": event.wall_time}
        kind = value.WhichOneof("value")
        if kind == "simple_value":
            values.append({**at, "scalar": value.simple_value})
        elif kind == "histo":
            histo = value.histo
            values.append(
                {
                    **at,
                    "histogram": {
                        "min": histo.min,
                        "max": histo.max,
                        "count": histo.num,
                        "sum": histo.sum,
                        "sumOfSquares": histo.sum_squares,
                        "limits": list(histo.bucket_limit),
                        "counts": list(histo.bucket),
                    },
                }
            )
        elif kind == "image":
            image = value.image
            png = base64.b64encode(image.encoded_image_string).decode()
            values.append({**at, "image": {"width": image.width, "height": image.height, "png": png}})
        else:
            assert value.metadata.plugin_data.plugin_name == "text", kind
            values.append({**at, "text": value.tensor.string_val[0].decode()})
text = json.dumps(values, indent=1, ensure_ascii=False) + "\n"
if len(sys.argv) == 2:
    print(text)
else:
    Path(sys.argv[2] if len(sys.argv) > 2 else here / "read-by-tensorboard.json").write_text(text)
