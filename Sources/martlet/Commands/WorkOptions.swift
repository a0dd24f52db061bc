import CommandLine
import Platform

/// Options that say how much of what takes long is done for requests at a time.
enum WorkOptions {
    private static let standard = LongWork.Limits()

    static let concurrent = Option<Int?>.integer(
        "concurrent-work", help: "Predicted files, explanations, uploads … that take turns (\(standard.begun))",
        range: 1...10_000
    ).configured(key: "limits.concurrent_work")
    static let waiting = Option<Int?>.integer(
        "waiting-work", help: "Such requests that wait beyond these; more are answered 503 (\(standard.waiting))",
        range: 0...1_000_000
    ).configured(key: "limits.waiting_work")

    static let declarations = [concurrent.declaration, waiting.declaration]

    static func limits(_ invocation: Invocation) -> LongWork.Limits {
        var limits = standard
        if let count = invocation[concurrent] { limits.begun = count }
        if let count = invocation[waiting] { limits.waiting = count }
        return limits
    }
}
