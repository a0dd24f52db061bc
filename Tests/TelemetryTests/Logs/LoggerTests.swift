import Foundation
import Synchronization
import Testing

@testable import Telemetry

@Suite struct LoggerTests {
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
        func logger(_ level: LogLevel = .info, _ format: LogFormat = .text) -> Logger {
            let time: @Sendable () -> LogTime = { LogTime(seconds: 1_764_156_529, milliseconds: 7) }
            return Logger(level: level, format: format, clock: time) { line in self.all.withLock { $0.append(line) } }
        }
    }

    @Test func textHasTheFieldsAtTheEnd() {
        let lines = Lines()
        lines.logger().with(LogField("worker", "w-1")).info(
            "trial ended\nwell", LogField("trial", 3), LogField("reason", "no \"score\""), LogField("empty", ""))
        #expect(
            lines.all.withLock { $0 } == [
                #"2025-11-26T11:28:49.007Z INFO    trial ended\nwell trial=3 reason="no \"score\"" empty="" worker=w-1"#
            ])
    }

    @Test func jsonIsAnObjectALine() throws {
        let lines = Lines()
        lines.logger(.info, .json).warning(
            "odd \u{1} \\ “text”\n", LogField("seconds", .number(1.5)), LogField("level", "mine"), LogField("n", 2),
            LogField("n", 3))
        let line = try #require(lines.all.withLock { $0.first })
        let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["time"] as? String == "2025-11-26T11:28:49.007Z" && object["level"] as? String == "warning")
        #expect(object["message"] as? String == "odd \u{1} \\ “text”\n")
        #expect(object["seconds"] as? Double == 1.5 && object["n"] as? Int == 2 && object.count == 5)
        #expect(!line.contains("\n"))
    }

    @Test func theLevelCanBeChangedWhileItRuns() {
        let lines = Lines()
        let logger = lines.logger()
        let copy = logger.with(LogField("a", "b"))
        copy.debug("unseen")
        logger.set(.debug)
        copy.debug("seen")
        logger.set(.error)
        copy.warning("unseen")
        copy.error("seen")
        #expect(lines.all.withLock { $0.count } == 2 && logger.level == .error)
        #expect(logger.count(.debug) == 1 && logger.count(.warning) == 0 && logger.count(.error) == 1)
    }

    @Test func fieldsOfTheTaskStandWithItsLines() async {
        let lines = Lines()
        let logger = lines.logger()
        await LogField.$ofTask.withValue([LogField("request_id", "r-1")]) {
            async let inner: Void = { logger.info("inside") }()
            await inner
        }
        logger.info("outside")
        #expect(lines.all.withLock { $0.map { $0.contains("request_id=r-1") } } == [true, false])
    }
}
