package import BlockStore
package import Buffers
import Execution

/// The databases of a store in memory, on a disk that fails as a seed says, and that forgets what was not
/// synced when its power is cut. Thousands of crashes a minute.
package final class SimulatedDisk: StoreDisk {
    /// How often calls fail: of a thousand.
    package struct Faults: Sendable {
        package var writeFails = 0
        package var readFails = 0
        package var openFails = 0
        /// Walks do not begin.
        package var walkFails = 0
        /// A write waits up to 2 ms.
        package var writeWaits = 0
        /// So many reads of `blocks` that come next give other bytes than were written.
        package var wrongReadCount = 0
        /// Keys of `blocks` that the disk never gives.
        package var badKeys: Set<Key> = []

        package init() {}
    }

    struct State {
        var random: SeededRandom
        var faults = Faults()
        var media: [DatabaseName: SimulatedMedium] = [:]
        var isOn = true
        var damage: [String] = []
        var repaired: Set<DatabaseName> = []
        /// Writes until the power is cut.
        var writesLeft = Int.max
    }

    private let state: Locked<State>

    package init(seed: UInt64) {
        state = Locked(State(random: SeededRandom(seed: seed)))
    }

    /// What goes wrong from now on.
    package var faults: Faults {
        get { state.withLock { $0.faults } }
        set { state.withLock { $0.faults = newValue } }
    }

    /// Cuts the power in the middle of a write to come.
    package func cutPower(atWrite number: Int) { state.withLock { $0.writesLeft = number } }

    /// Cuts the power now: every call fails from here on.
    package func cutPower() { state.withLock { $0.cutPower() } }

    /// Whether the power is there.
    package var isOn: Bool { state.withLock { $0.isOn } }

    /// The machine starts again, with what the disk has kept.
    package func powerOn() {
        state.withLock { state in
            state.isOn = true
            state.writesLeft = .max
        }
    }

    /// Takes entries out of a database that nobody has open, as a repair does that leaves out what is damaged.
    ///
    /// - Parameter isNoticed: whether it counts as repaired; false where a disk has lost them without a word.
    package func lose(
        _ name: DatabaseName, isNoticed: Bool = true, where isLost: (Key, Bytes) -> Bool
    ) {
        state.withLock { state in
            state.media[name]?.lose(where: isLost)
            if isNoticed { state.repaired.insert(name) }
        }
    }

    /// A database as it was at a moment.
    package struct Copy: Sendable {
        fileprivate let medium: SimulatedMedium?
    }

    /// Copies a database that nobody has open.
    package func copy(of name: DatabaseName) -> Copy {
        state.withLock { Copy(medium: $0.media[name]) }
    }

    /// Puts a copy in the place of a database that nobody has open, as somebody does who restores a backup.
    package func restore(_ name: DatabaseName, from copy: Copy) {
        state.withLock { $0.media[name] = copy.medium }
    }

    // MARK: StoreDisk

    package func make() {
        state.withLock { state in
            for name in DatabaseName.allCases where state.media[name] == nil {
                state.media[name] = SimulatedMedium()
            }
        }
    }

    package func expectDatabases() {}

    package func open(_ name: DatabaseName) throws(DatabaseError) -> any Database {
        try use { state throws(DatabaseError) in
            try state.failIf(state.faults.openFails, "open")
            state.media[name]?.reopen()
        }
        return SimulatedDatabase(name, of: self)
    }

    package var damage: [String] { state.withLock { $0.damage } }
    package func noteDamage(_ finding: String) { state.withLock { $0.damage.append(finding) } }
    package func repairedDatabases() -> Set<DatabaseName> { state.withLock { $0.repaired } }
    package func mistrust(_ name: DatabaseName) {
        state.withLock { _ = $0.repaired.insert(name) }
    }
    package func checkEnded() { state.withLock { $0.repaired = [] } }

    package func replace(
        _ name: DatabaseName, after damage: DatabaseError
    ) throws(DatabaseError) {
        noteDamage("\(name)/ is made anew: \(damage.message)")
        lose(name) { _, _ in true }
    }

    package func doubt(_ name: DatabaseName, because damage: DatabaseError) {
        noteDamage(damage.message)
    }

    package func isDoubted(_ name: DatabaseName) -> Bool { false }
    package var freeByteCount: Int? { 1 << 40 }

    // MARK: for the databases

    func use<Result>(
        _ body: (inout State) throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> Result {
        try state.withLock { state throws(DatabaseError) in
            guard state.isOn else { throw State.error("use a disk without power") }
            return try body(&state)
        }
    }

    /// What a walk is given of a value.
    func given(_ value: Bytes, _ name: DatabaseName) -> Bytes {
        state.withLock { $0.given(value, name) }
    }

    /// Lets some time pass before a write.
    func dawdle() {
        let wait = state.withLock { state in
            state.random.below(1000) < state.faults.writeWaits ? state.random.below(2000) : 0
        }
        if wait > 0 { pause(for: .microseconds(wait)) }
    }
}

extension SimulatedDisk.State {
    fileprivate static func error(_ call: String) -> DatabaseError {
        DatabaseError(
            kind: .inputOutput, message: "IO error: simulated \(call): Input/output error")
    }

    /// - Parameter chance: of a thousand.
    mutating func failIf(_ chance: Int, _ call: String) throws(DatabaseError) {
        if random.below(1000) < chance { throw Self.error(call) }
    }

    /// The begin of a walk, which may fail.
    mutating func failWalk() throws(DatabaseError) {
        if faults.walkFails > 0 { try failIf(faults.walkFails, "walk") }
    }

    /// One read, which may fail or be wrong.
    mutating func read(_ key: Key, _ name: DatabaseName) throws(DatabaseError) -> Bytes? {
        try failIf(faults.readFails, "read")
        guard let value = media[name]?.visible[key] else { return nil }
        if name == .blocks, faults.badKeys.contains(key) { throw Self.error("read") }
        return given(value, name)
    }

    /// A value as the disk gives it.
    mutating func given(_ value: Bytes, _ name: DatabaseName) -> Bytes {
        guard name == .blocks, faults.wrongReadCount > 0 else { return value }
        faults.wrongReadCount -= 1
        var bytes = value.array
        bytes[bytes.count - 1] ^= 1
        return Bytes(bytes)
    }

    /// One write, which may fail in any way.
    mutating func write(
        _ changes: [SimulatedMedium.Change], _ name: DatabaseName, isSynced: Bool, isBroken: Bool
    ) throws(DatabaseError) {
        if random.below(20) == 0 { media[name]?.startLog() }
        writesLeft -= 1
        if writesLeft == 0 {
            // It may have got to the disk, or not.
            if !isBroken { media[name]?.append(changes) }
            cutPower()
            throw Self.error("write")
        }
        if random.below(1000) < faults.writeFails {
            // The append failed, or only the sync behind it.
            if !isBroken, random.below(2) == 0 { media[name]?.append(changes) }
            throw Self.error("write")
        }
        media[name]?.apply(changes, reachesDisk: !isBroken, isSynced: isSynced)
    }

    mutating func cutPower() {
        isOn = false
        for name in DatabaseName.allCases { media[name]?.cut(&random) }
    }
}
