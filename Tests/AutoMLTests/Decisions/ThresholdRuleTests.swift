import AutoML
import Foundation
import Testing

struct ThresholdRuleTests {
    @Test(arguments: [
        ("0.3", ThresholdRule.number(0.3)), ("cost:FP=1,FN=20", .cost(falsePositive: 1, falseNegative: 20)),
        ("cost: fn=2.5, fp=0", .cost(falsePositive: 0, falseNegative: 2.5)), ("precision>=0.9", .precision(0.9)),
        ("recall>= 0.8", .recall(0.8)), ("weights:a=1,b=5", .weights(["a": 1, "b": 5])),
        ("weights:a=b=2", .weights(["a=b": 2])),
    ]) func isRead(text: String, rule: ThresholdRule) throws {
        #expect(try ThresholdRule(text) == rule)
        #expect(try ThresholdRule(rule.description) == rule)
        let json = try JSONEncoder().encode(["threshold": rule])
        #expect(try JSONDecoder().decode([String: ThresholdRule].self, from: json)["threshold"] == rule)
    }

    @Test(arguments: [
        "", "half", "1.5", "-0.1", "nan", "cost:FP=1", "cost:FP=1,FP=2", "cost:FP=0,FN=0", "cost:FP=-1,FN=2",
        "cost:TP=1,FN=2",
        "precision>=0", "precision>=1.1", "precision>0.9", "recall>=x", "weights:", "weights:a=0", "weights:a=1,a=2",
        "weights:a", "cost:FP=inf,FN=1",
    ]) func isRefused(text: String) {
        let error = #expect(throws: AutoMLError.self) { try ThresholdRule(text) }
        #expect(error?.field == "threshold")
    }

    @Test func settingsKeepIt() throws {
        let text = #"{"target": "y", "positive": "no", "threshold": {"a": 2}}"#
        let settings = try JSONDecoder().decode(ExperimentSettings.self, from: Data(text.utf8))
        #expect(settings.threshold == .weights(["a": 2]) && settings.positive == "no")
        let again = try JSONDecoder().decode(ExperimentSettings.self, from: try JSONEncoder().encode(settings))
        #expect(again == settings)
        let plain = String(decoding: try JSONEncoder().encode(ExperimentSettings(target: "y")), as: UTF8.self)
        #expect(!plain.contains("threshold") && !plain.contains("positive"))
        let bad = Data(#"{"target": "y", "threshold": "never"}"#.utf8)
        let error = #expect(throws: AutoMLError.self) { try JSONDecoder().decode(ExperimentSettings.self, from: bad) }
        #expect(error?.field == "threshold")
    }
}
