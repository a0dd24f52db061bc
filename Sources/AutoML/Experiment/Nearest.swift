/// The name that is most like `wanted`, ignoring case, if one is close enough to be meant.
func nearest(_ wanted: String, among names: [String]) -> String? {
    let target = Array(wanted.lowercased().unicodeScalars.prefix(80))
    let limit = target.count < 4 ? 1 : max(2, target.count / 3)
    var best: (name: String, distance: Int)?
    for name in names {
        let candidate = Array(name.lowercased().unicodeScalars.prefix(80))
        guard abs(candidate.count - target.count) <= limit else { continue }
        let distance = editDistance(target, candidate)
        if distance <= limit, distance < best?.distance ?? .max { best = (name, distance) }
    }
    return best?.name
}

/// Insertions, deletions and substitutions that turn one into the other (Levenshtein 1966).
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
    var row = Array(0...right.count)
    for (i, scalar) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, other) in right.enumerated() {
            let cost = min(diagonal + (scalar == other ? 0 : 1), row[j] + 1, row[j + 1] + 1)
            diagonal = row[j + 1]
            row[j + 1] = cost
        }
    }
    return row[right.count]
}
