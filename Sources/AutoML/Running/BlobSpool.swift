import Foundation
import Synchronization

/// What trials leave behind while an experiment runs: in memory up to a limit, the rest in files without a name, whose pages the
/// system can take back.
final class BlobSpool: Sendable {
    private enum Place {
        case memory(TrialBlobs)
        /// Predictions, then models.
        case file(SpooledFile, predictions: Int, models: Int)

        var bytesInMemory: Int {
            if case .memory(let blobs) = self { blobs.predictions.count + blobs.models.count } else { 0 }
        }

        var withoutModels: Place {
            switch self {
            case .memory(let blobs): return .memory(TrialBlobs(predictions: blobs.predictions, models: []))
            case .file(_, _, models: 0): return self
            case .file(let file, let predictions, _):
                file.cut(to: predictions)
                return .file(file, predictions: predictions, models: 0)
            }
        }

        var modelBytes: Int {
            switch self {
            case .memory(let blobs): blobs.models.count
            case .file(_, _, let models): models
            }
        }
    }

    private let limit: Int
    private let folder: String
    private let places = Mutex<[Int: Place]>([:])

    /// A spool that keeps at most so many bytes in memory, and its files in `folder`.
    init(memoryLimit: Int, folder: String = FileManager.default.temporaryDirectory.path) {
        limit = memoryLimit
        self.folder = folder
    }

    /// Trials whose blobs are here.
    var count: Int { places.withLock { $0.count } }

    /// Bytes of all models, wherever they are.
    var modelBytes: Int { places.withLock { $0.values.reduce(0) { $0 + $1.modelBytes } } }

    /// Bytes that are in memory.
    var bytesInMemory: Int { places.withLock { $0.values.reduce(0) { $0 + $1.bytesInMemory } } }

    /// Bytes of the models of these trials.
    func modelBytes(of trials: [Int]) -> Int {
        places.withLock { places in trials.reduce(0) { $0 + (places[$1]?.modelBytes ?? 0) } }
    }

    /// Keeps what a trial left behind. Where a file is needed and cannot be written, it stays in memory.
    func put(_ blobs: TrialBlobs, of trial: Int) {
        let size = blobs.predictions.count + blobs.models.count
        let fits = places.withLock { places in
            guard size <= limit - places.values.reduce(0, { $0 + $1.bytesInMemory }) else { return false }
            places[trial] = .memory(blobs)
            return true
        }
        if fits { return }
        var place = Place.memory(blobs)
        if let file = SpooledFile(in: folder), file.append(blobs.predictions), file.append(blobs.models) {
            place = .file(file, predictions: blobs.predictions.count, models: blobs.models.count)
        }
        places.withLock { $0[trial] = place }
    }

    /// Lets go of what trials that have ended left behind, but for these, and but for the predictions of some.
    func keep(_ kept: [Int], predictionsOf compared: [Int] = [], ofEnded ended: [Int]) {
        let others = Set(ended).subtracting(kept)
        let gone = others.subtracting(compared)
        places.withLock { places in
            places = places.filter { !gone.contains($0.key) }
            for trial in others { places[trial] = places[trial]?.withoutModels }
        }
    }

    /// The out-of-fold predictions of a trial. Throws `AutoMLError.noModel` where they are not here.
    func predictions(of trial: Int) throws -> [UInt8] {
        switch try place(of: trial) {
        case .memory(let blobs): return blobs.predictions
        case .file(let file, let predictions, _): return try file.bytes(at: 0, count: predictions, trial)
        }
    }

    /// The fold models of a trial. Throws alike.
    func models(of trial: Int) throws -> [UInt8] {
        switch try place(of: trial) {
        case .memory(let blobs): return blobs.models
        case .file(let file, let predictions, let models):
            return try file.bytes(at: predictions, count: models, trial)
        }
    }

    private func place(of trial: Int) throws -> Place {
        guard let place = places.withLock({ $0[trial] }) else {
            throw AutoMLError(.noModel, "what trial \(trial) left behind is gone")
        }
        return place
    }
}

/// A file that is gone with the process, or when nobody holds it.
private final class SpooledFile: Sendable {
    private let descriptor: Int32

    init?(in folder: String) {
        var template = Array((folder + "/martlet-trial-XXXXXX").utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(template)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func append(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = write(descriptor, buffer.baseAddress! + done, buffer.count - done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
            return true
        }
    }

    /// Gives back the room after so many bytes.
    func cut(to count: Int) { _ = ftruncate(descriptor, off_t(count)) }

    func bytes(at offset: Int, count: Int, _ trial: Int) throws -> [UInt8] {
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            done = 0
            while done < count {
                let read = pread(descriptor, buffer.baseAddress! + done, count - done, off_t(offset + done))
                if read < 0, errno == EINTR { continue }
                guard read > 0 else { return }
                done += read
            }
        }
        guard bytes.count == count else {
            throw AutoMLError(.noModel, "what trial \(trial) left behind cannot be read again")
        }
        return bytes
    }
}
