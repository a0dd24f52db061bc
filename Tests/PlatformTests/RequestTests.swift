import AutoML
import Foundation
import Learners
import Platform
import Testing

struct RequestTests {
    private func decode(_ json: String) throws -> ExperimentRequest {
        try JSONDecoder().decode(ExperimentRequest.self, from: Data(json.utf8))
    }

    @Test func oneFlatObject() throws {
        let request = try decode(
            #"{"dataset_id": "d", "target": "y", "task": "auto", "metric": "roc_auc", "trials": 5, "seed": 3}"#)
        #expect(request.datasetID == "d")
        #expect(request.settings.task == nil)
        #expect(request.settings.metric == .rocAUC)
        #expect(request.settings.budget == .trials(5))
        let again = try JSONDecoder().decode(ExperimentRequest.self, from: JSONEncoder().encode(request))
        #expect(again == request)
    }

    @Test(arguments: [
        (#"{"target": "y"}"#, "dataset_id"), (#"{"dataset_id": "d"}"#, "target"),
        (#"{"dataset_id": "d", "target": "y", "metrics": 1}"#, "metrics"),
        (#"{"dataset_id": "d", "target": "y", "metric": "best"}"#, "metric"),
        (#"{"dataset_id": "d", "target": "y", "trials": "5"}"#, "trials"),
        (#"{"dataset_id": "d", "target": "y", "trials": 5, "time_budget_seconds": 3}"#, "trials"),
        (#"{"dataset_id": 7, "target": "y"}"#, "dataset_id"),
    ])
    func theWrongFieldIsNamed(_ json: String, _ field: String) throws {
        let error = #expect(throws: PlatformError.self) { _ = try decode(json) }
        #expect(error?.code == .invalid)
        #expect(error?.field == field)
    }

    @Test func identifiersSortByAge() {
        let ids = (0..<1000).map { _ in Identifier.make() }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.utf8.count == 20 && Identifier.isPlausible($0) })
    }

    @Test func timestampsAreISO8601() throws {
        let moment = Timestamp(milliseconds: 1_772_600_767_089)
        #expect(moment.description == "2026-03-04T05:06:07.089Z")
        let again = try JSONDecoder().decode([Timestamp].self, from: JSONEncoder().encode([moment]))
        #expect(again == [moment])
    }
}
