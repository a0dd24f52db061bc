import AutoML
import Foundation
import Learners
import Tabular

/// Where predictions go: a file that appears whole or not at all, or standard output.
final class Output {
    private let path: String?
    private let descriptor: Int32

    init(_ path: String?) throws {
        self.path = path
        guard let path else {
            descriptor = 1
            return
        }
        descriptor = open(path + ".partial", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw Failure("cannot write \(path)") }
    }

    /// A run that failed for a reason other than its arguments or input.
    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = "\(description): \(String(cString: strerror(errno)))" }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var done = 0
        while done < bytes.count {
            let got = Foundation.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
            if got > 0 {
                done += got
            } else if errno != EINTR {
                throw Failure("cannot write the predictions")
            }
        }
    }

    /// Gives the file its name.
    func finish() throws {
        guard let path else { return }
        guard close(descriptor) == 0, rename(path + ".partial", path) == 0 else {
            throw Failure("cannot write \(path)")
        }
    }

    /// Removes what was written of a file.
    func discard() {
        guard let path else { return }
        close(descriptor)
        unlink(path + ".partial")
    }
}

/// Predictions as CSV, the same as `martlet predict` writes.
struct CSVPredictions: ~Copyable {
    private var writer: CSVWriter

    init(_ model: ModelArtifact, to output: Output) throws {
        writer = CSVWriter { bytes in try bytes.withUnsafeBytes { try output.write($0) } }
        writer.cell("prediction")
        for name in model.header.classes { writer.cell("probability_\(name)") }
        try writer.endRow()
    }

    mutating func write(_ predictions: Predictions, of model: ModelArtifact) throws {
        let labels = model.labels(predictions)
        let width = predictions.outputCount
        for row in 0..<predictions.rowCount {
            if !labels.isEmpty { writer.cell(labels[row]) }
            for output in 0..<width { writer.cell(predictions.values[row * width + output]) }
            try writer.endRow()
        }
    }

    consuming func finish() throws { try writer.finish() }
}
