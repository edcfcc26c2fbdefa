import Execution

/// Parts of a node that are started in order and stopped in the opposite order.
final class ServiceList {
    private struct Service {
        let name: String
        let stop: (Deadline) -> Void
    }

    private var running: [Service] = []

    /// Starts a part; if that fails, those that run are stopped by whoever catches the error.
    ///
    /// - Parameters:
    ///   - name: for the log.
    ///   - start: makes the part.
    ///   - stop: ends it; later calls of the program find it gone.
    /// - Returns: the part.
    func start<Part>(
        _ name: String, _ start: () throws -> Part, stop: @escaping (Part, Deadline) -> Void
    ) throws -> Part {
        let part = try start()
        running.append(Service(name: name) { stop(part, $0) })
        return part
    }

    /// Stops all parts, the last first.
    ///
    /// - Parameters:
    ///   - deadline: for those that wait for others.
    ///   - onStep: gets the name of each part before it is stopped.
    func stop(by deadline: Deadline, onStep: (String) -> Void = { _ in }) {
        while let service = running.popLast() {
            onStep(service.name)
            service.stop(deadline)
        }
    }
}
