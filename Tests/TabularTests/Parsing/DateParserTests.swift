import Testing

@testable import Tabular

@Suite struct DateParserTests {
    private func moment(_ text: String, _ order: DateParser.Order = .yearFirst) -> String? {
        Array(text.utf8).withUnsafeBufferPointer { DateParser.parse($0, order) }.map {
            $0.hasTime
                ? DateText.datetime($0.microseconds)
                : DateText.date($0.microseconds / DateParser.Moment.microsecondsPerDay)
        }
    }

    @Test func everyDayOfFourHundredYearsComesBack() {
        for day in stride(from: Int64(-200_000), to: 200_000, by: 37) {
            let text = DateText.date(day)
            #expect(moment(text) == text)
        }
        #expect(DateParser.days(year: 1970, month: 1, day: 1) == 0)
        #expect(DateParser.days(year: 2000, month: 3, day: 1) == 11_017)
    }

    @Test(
        arguments: [
            ("2024-03-31T14:05:09.123456789Z", "2024-03-31T14:05:09.123456Z"),
            ("2024-03-31 14:05", "2024-03-31T14:05:00Z"), ("2024-03-31T00:30:00-0130", "2024-03-31T02:00:00Z"),
            ("2024-03-31 14:05:09 UTC", "2024-03-31T14:05:09Z"), ("2024/3/1", "2024-03-01"),
            ("2024.03.01", "2024-03-01"),
            ("1 September 1999", "1999-09-01"), ("Sept. 1, 1999", nil), ("Sep 1, 1999", "1999-09-01"),
            ("2024-03-31 9:05 pm", "2024-03-31T21:05:00Z"), ("2024-03-31 12:00 AM", "2024-03-31T00:00:00Z"),
            ("2024-03-31T24:00:00", nil), ("2024-03-31T10:60", nil), ("2024-03-31 13:00 PM", nil), ("2024-3/1", nil),
            ("2023-02-29", nil), ("2024-13-01", nil), ("2024-00-10", nil), ("2024-03-31x", nil), ("2024-03-31T", nil),
            ("2024-03-31T10:00+25", nil), ("20240331", nil), ("1/2/2024", nil),
        ] as [(String, String?)])
    func textsAndTheirMoments(text: String, expected: String?) {
        #expect(moment(text) == expected)
    }

    @Test func orderDecidesWhatComesFirst() {
        #expect(moment("3/4/2024", .dayFirst) == "2024-04-03")
        #expect(moment("3/4/2024", .monthFirst) == "2024-03-04")
        #expect(moment("3/4/68", .dayFirst) == "2068-04-03")
        #expect(moment("3/4/69", .dayFirst) == "1969-04-03")
        #expect(moment("3.4.2024", .monthFirst) == nil)
        #expect(moment("31/12/2024", .monthFirst) == nil)
    }
}
