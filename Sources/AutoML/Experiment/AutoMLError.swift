/// Why an experiment cannot be run, or a model cannot be read or used: a code for programs, a line for people.
public struct AutoMLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of error; new ones may be added.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// The code in snake_case, as on the wire.
        public let rawValue: String

        /// A code of that spelling.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A setting is not what it can be.
        public static let invalidSetting = Code(rawValue: "invalid_setting")
        /// A setting names a column that the table does not have.
        public static let unknownColumn = Code(rawValue: "unknown_column")
        /// The table cannot be learned from as asked.
        public static let unsuitableData = Code(rawValue: "unsuitable_data")
        /// No trial gave a model.
        public static let noModel = Code(rawValue: "no_model")
        /// Bytes are not a model, or not the one that was written.
        public static let damagedModel = Code(rawValue: "damaged_model")
        /// A model of a format that this version does not read.
        public static let unsupportedModel = Code(rawValue: "unsupported_model")
        /// A table cannot be predicted by this model.
        public static let unsuitableInput = Code(rawValue: "unsuitable_input")
        /// A model that a file of another format cannot hold.
        public static let notExportable = Code(rawValue: "not_exportable")
        /// There is not enough memory.
        public static let noMemory = Code(rawValue: "no_memory")
        /// The run was cancelled before there was a model.
        public static let cancelled = Code(rawValue: "cancelled")
    }

    /// What kind of error.
    public let code: Code
    /// The setting that is wrong, by its name on the wire; nil where it is not about one.
    public let field: String?
    /// One line for people.
    public let message: String

    /// An error of these parts.
    public init(_ code: Code, _ message: String, field: String? = nil) {
        self.code = code
        self.field = field
        self.message = message
    }

    /// One line for people.
    public var description: String { message }
}
