internal import Foundation
internal import Platform

/// Records as JSON with sorted keys; numbers that JSON cannot hold are strings.
enum RecordCodec {
    static func encode(_ record: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return [UInt8](try encoder.encode(record))
    }

    static func decode<Record: Decodable>(_ bytes: [UInt8], as type: Record.Type = Record.self) throws -> Record {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        do {
            return try decoder.decode(Record.self, from: Data(bytes))
        } catch {
            throw PlatformError(.damaged, "a stored \(Record.self) cannot be read: \(error)")
        }
    }
}
