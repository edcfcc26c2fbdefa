import BlockStore
import HTTP
import HTTPServer
import Telemetry

/// `/healthz`, `/readyz` and `/metrics`.
struct HealthPages: Sendable {
    private let store: BlockStore
    private let metrics: MetricRegistry
    private let readiness: Readiness

    init(store: BlockStore, metrics: MetricRegistry, readiness: Readiness) {
        self.store = store
        self.metrics = metrics
        self.readiness = readiness
    }

    /// What the public listener answers.
    var routes: [Route] {
        [
            health,
            .exact(.get, "/readyz") { _ in .respond(ready(forStrangers: true)) },
        ]
    }

    /// What the private listener answers.
    var privateRoutes: [Route] {
        [
            health, .exact(.get, "/readyz") { _ in .respond(ready(forStrangers: false)) },
            .exact(.get, "/metrics") { _ in .respond(exposition()) },
        ]
    }

    private var health: Route {
        .exact(.get, "/healthz") { _ in .respond(Self.page(.ok, "ok\n")) }
    }

    private func ready(forStrangers: Bool) -> Response {
        switch readiness.phase {
        case .starting: return Self.page(.serviceUnavailable, "not ready: starting\n")
        case .stopping: return Self.page(.serviceUnavailable, Self.stopping)
        case .serving: return readyToServe(forStrangers: forStrangers)
        }
    }

    /// Asks for nothing that the disk has to tell: strangers may ask this as often as they like, and each
    /// would wait in a thread of its own.
    private func readyToServe(forStrangers: Bool) -> Response {
        switch store.health {
        case .writable:
            let count = store.quarantinedCount
            let damage = count == 0 ? "" : "\(count) damaged blocks are not served\n"
            return Self.page(.ok, "ready\n" + degraded(forStrangers: forStrangers) + damage)
        case .readOnly(let error):
            return Self.page(
                .serviceUnavailable, Self.refusal(error, forStrangers: forStrangers))
        case .closed: return Self.page(.serviceUnavailable, Self.stopping)
        }
    }

    /// What was found damaged and nobody has dealt with. It has paths of this machine in it.
    private func degraded(forStrangers: Bool) -> String {
        let notes = store.damage
        if notes.isEmpty { return "" }
        if forStrangers { return "degraded\n" }
        let file = store.options.folder + "/damage"
        return
            "degraded: \(notes.count) findings of damage; remove \(file) when they are dealt with\n"
            + notes.map { "  \($0)\n" }.joined()
    }

    /// Why the store takes no writes. The error has paths of this machine in it, and what the system and
    /// LevelDB say; the log has it, too.
    static func refusal(_ error: BlockStoreError, forStrangers: Bool) -> String {
        guard forStrangers else { return "not ready: no writes: \(error)\n" }
        if case .diskFull = error.code { return "not ready: disk full\n" }
        return "not ready: no writes\n"
    }

    private static let stopping = "not ready: stopping\n"

    private func exposition() -> Response {
        Response(
            .ok,
            fields: [
                "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
                "Cache-Control": "no-store",
            ],
            body: .bytes(metrics.exposition()))
    }

    private static func page(_ status: Status, _ text: String) -> Response {
        var response = Response.text(status, text)
        response.fields["Cache-Control"] = "no-store"
        return response
    }
}
