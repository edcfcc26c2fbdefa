import BlockStore
import Buffers
import Content
import Execution
import HTTPServer
import Telemetry

/// A node that serves until it is told to stop.
package enum Server {
    /// Opens the repository, listens, and returns when the node has stopped.
    ///
    /// - Parameters:
    ///   - home: the repository.
    ///   - options: texts by key of the configuration, from the command line.
    ///   - environment: of the process.
    ///   - isForPeople: whether a person reads the log.
    ///   - announce: gets lines that say where the node listens.
    /// - Blocking: for the life of the node; to be called on the main thread.
    package static func run(
        home: String, options: [String: String], environment: [String: String], isForPeople: Bool,
        announce: (String) -> Void
    ) throws {
        let started = Instant.now
        Signals.block()
        let stop = Monitor<String?>(nil)
        // Before the first file: a disk may take minutes over one. Nothing is open to be stopped then.
        let atFirstSignal = Locked(FirstSignal { Signals.end(by: $0) })
        waitForSignals(stop) { number in atFirstSignal.withLock { $0 }.act(number) }
        let configuration = try configuration(
            home: home, environment: environment, options: options)
        let services = ServiceList()
        let log = log(configuration.log, isForPeople: isForPeople)
        let opened = Locked<NodeListeners?>(nil)
        let alarm = StopAlarm(log) { opened.withLock { $0 }?.runningRequests ?? [] }
        let drainTimeout = configuration.listen.drainTimeout
        // Here, and not once the node is open: a disk may take minutes over that.
        atFirstSignal.withLock { $0 = FirstSignal { _ in alarm.set(to: .after(drainTimeout)) } }
        do {
            let listeners = try start(home, configuration, log, services) {
                // The main thread may be kept by a standard output that nobody reads.
                alarm.set(to: .after(drainTimeout))
                stop.notify { $0 = $0 ?? "the RPC" }
            }
            opened.withLock { $0 = listeners }
            log.info(
                "node ready",
                [
                    .text("gateway", listeners.gatewayURL), .text("rpc", listeners.apiAddress),
                    .text("version", Version.current),
                    .integer("process", Int(ProcessSetup.processNumber)),
                    .number("startSeconds", Instant.now.elapsed(since: started).inSeconds),
                ])
            announce("gateway  \(listeners.gatewayURL)")
            announce("rpc      \(listeners.apiAddress)")
            let reason = stop.wait(by: .never) { $0 } ?? ""
            log.info("stopping", [.text("because", reason)])
        } catch {
            // Before the closing, which a slow disk may keep from ending.
            log.error("the node did not start", [.text("error", "\(error)")])
            alarm.set(to: .after(.seconds(1)))
            services.stop(by: .after(.seconds(1)))
            alarm.endAfterFailure()
            throw error
        }
        let stopping = Instant.now
        let deadline = Deadline.after(drainTimeout)
        alarm.set(to: deadline)
        services.stop(by: deadline) { log.debug("stopping \($0)") }
        log.info(
            "stopped", [.number("stopSeconds", Instant.now.elapsed(since: stopping).inSeconds)])
        alarm.end()
    }

    /// Reads the configuration of a repository.
    ///
    /// - Parameters:
    ///   - home: the folder; without a config.json the defaults hold.
    ///   - environment: of the process.
    ///   - options: texts by key, from the command line.
    /// - Returns: a configuration in which every value is allowed.
    package static func configuration(
        home: String, environment: [String: String], options: [String: String] = [:]
    ) throws -> Configuration {
        let path = home + "/config.json"
        let file =
            try File.exists(path)
            ? try Repository.contents(path, limit: Limits.configurationByteCountMax) : nil
        return try ConfigurationReader.read(
            file: file, path: path, environment: environment, options: options)
    }

    private static func start(
        _ home: String, _ configuration: Configuration, _ log: Log, _ services: ServiceList,
        shutdown: @escaping @Sendable () -> Void
    ) throws -> NodeListeners {
        let addresses = try NodeListeners.Addresses(configuration.listen)
        let readiness = Readiness()
        let repository = try services.start(
            "repository", { try Repository.open(home: home) }, stop: { part, _ in part.close() })
        let node = try services.start(
            "store", { try OpenNode(repository, configuration, log: log) },
            stop: { part, _ in part.store.close() })
        // Behind the store in the order of the stop: it ends before that is closed.
        _ = try services.start(
            "scrubber", { node.scrubber.start() },
            stop: { _, deadline in
                // The requests before may have had all of the time.
                let grace = Deadline.after(Limits.scrubberStopGrace)
                node.scrubber.stop(by: deadline.hasPassed ? grace : deadline)
            })
        _ = try services.start(
            "memory",
            { MemoryTrim(whenLarge: { [library = node.library] in library.keepSmall($0) }) },
            stop: { part, _ in part.stop() })
        let listeners = try services.start(
            "listeners",
            { try NodeListeners(node, addresses, readiness: readiness, shutdown: shutdown) },
            stop: { part, deadline in part.drain(by: deadline) })
        // Ready is who can be found: a command in between would only meet the lock.
        _ = try services.start(
            "readiness",
            {
                try repository.publish(api: listeners.apiAddress, gateway: listeners.gatewayURL)
                readiness.serve()
            }, stop: { _, _ in readiness.stop() })
        return listeners
    }

    /// Kept for the life of the process: a file closes its descriptor with its last reference, and
    /// what goes wrong after the log is said there too.
    static let standardError = File(descriptor: 2, name: "standard error")

    /// The second signal ends the process at once.
    ///
    /// - Parameter first: called with the first one before it is told to `stop`.
    private static func waitForSignals(
        _ stop: Monitor<String?>, first: @escaping @Sendable (Int32) -> Void
    ) {
        _ = Thread(name: "signals") {
            let number = Signals.wait()
            first(number)
            stop.notify { $0 = $0 ?? Signals.name(of: number) }
            _ = Signals.wait()
            ProcessSetup.abandon(1)
        }
    }

    private static func log(_ part: Configuration.LogPart, isForPeople: Bool) -> Log {
        let format: Log.Format =
            switch part.form {
            case .automatic: isForPeople ? .human : .json
            case .human: .human
            case .json: .json
            }
        let level = Log.Level.allCases.first { $0.word == part.level } ?? .info
        return Log(level: level, format: format, to: standardError)
    }
}

/// What the first signal does.
private struct FirstSignal: Sendable {
    let act: @Sendable (Int32) -> Void
}
