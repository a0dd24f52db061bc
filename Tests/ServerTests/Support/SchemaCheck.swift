@testable import Server

/// Checks values against the schemas of an OpenAPI document, as far as these use JSON Schema: types, properties,
/// required members, items, choices and bounds.
struct SchemaCheck {
    let document: JSONValue

    /// What is wrong with `value`, each with its place; empty when it fits. Members of objects that no property describes
    /// are wrong too, so that the document cannot leave anything out.
    func faults(of value: JSONValue, against schema: JSONValue, at place: String = "$") -> [String] {
        if let reference = schema["$ref"]?.text {
            let name = reference.split(separator: "/").last.map(String.init) ?? ""
            guard let found = document["components"]?["schemas"]?[name] else { return ["\(place): no schema \(name)"] }
            return faults(of: value, against: found, at: place)
        }
        var faults: [String] = []
        if let types = schema["type"].map({ $0.elements ?? [$0] }) {
            guard types.contains(where: { $0.text.map { SchemaCheck.isType($0, value) } ?? false }) else {
                return ["\(place): \(String(decoding: value.encoded, as: UTF8.self)) is not of \(types)"]
            }
        }
        if let choices = schema["enum"]?.elements, !choices.contains(value) {
            faults.append("\(place): \(value) is none of the choices")
        }
        if let minimum = schema["minimum"].flatMap(SchemaCheck.number), let number = SchemaCheck.number(value),
            number < minimum
        {
            faults.append("\(place): \(number) is below \(minimum)")
        }
        if let maximum = schema["maximum"].flatMap(SchemaCheck.number), let number = SchemaCheck.number(value),
            number > maximum
        {
            faults.append("\(place): \(number) is above \(maximum)")
        }
        if let items = schema["items"], let elements = value.elements {
            for (index, element) in elements.enumerated() {
                faults += self.faults(of: element, against: items, at: "\(place)[\(index)]")
            }
        }
        if let members = value.members { faults += self.faults(of: members, against: schema, at: place) }
        return faults
    }

    private func faults(of members: [JSONValue.Member], against schema: JSONValue, at place: String) -> [String] {
        var faults: [String] = []
        for required in schema["required"]?.elements ?? [] where !members.contains(where: { $0.name == required.text })
        {
            faults.append("\(place): \(required.text ?? "") is missing")
        }
        let properties = schema["properties"]
        for member in members {
            if let property = properties?[member.name] {
                faults += self.faults(of: member.value, against: property, at: "\(place).\(member.name)")
            } else if let others = schema["additionalProperties"], others.members != nil {
                faults += self.faults(of: member.value, against: others, at: "\(place).\(member.name)")
            } else if properties != nil {
                faults.append("\(place): \(member.name) is not described")
            }
        }
        return faults
    }

    private static func isType(_ type: String, _ value: JSONValue) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("integer", .integer), ("number", .integer), ("number", .number),
            ("string", .string), ("array", .array), ("object", .object):
            true
        default: false
        }
    }

    private static func number(_ value: JSONValue) -> Double? {
        switch value {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}
