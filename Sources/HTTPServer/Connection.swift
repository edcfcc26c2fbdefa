import HTTP

final class Connection {
    var isAbandoned: Bool { false }
    func readFields() -> Fields { [:] }
}
