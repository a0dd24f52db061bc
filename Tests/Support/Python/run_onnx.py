"""Runs an ONNX file with onnxruntime: run_onnx.py MODEL.onnx < {"column": [values]} > {"output": [values]}.

Numbers come as JSON numbers, null where missing; everything else as strings. An error of the runtime is printed as
{"error": message}.
"""

import json
import sys

import numpy
import onnxruntime


def main():
    columns = json.load(sys.stdin)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
    feed = {}
    for port in session.get_inputs():
        values = columns[port.name]
        assert port.shape[1] == 1 and not isinstance(port.shape[0], int), port.shape
        if port.type == "tensor(string)":
            array = numpy.array(values, dtype=object)
        else:
            assert port.type == "tensor(double)", port.type
            array = numpy.array([numpy.nan if value is None else value for value in values], dtype=numpy.float64)
        feed[port.name] = array.reshape(-1, 1)
    names = [port.name for port in session.get_outputs()]
    try:
        outputs = dict(zip(names, session.run(names, feed)))
    except Exception as error:  # what a runtime throws has no narrower type
        json.dump({"error": str(error)}, sys.stdout)
        return
    json.dump({name: value.tolist() for name, value in outputs.items()}, sys.stdout)


main()
