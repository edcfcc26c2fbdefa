import Execution
import Glibc

/// How much the tests do, as the environment and the user allow.
package enum TestScale {
    /// Whether large inputs are tried as well: `HOLDFAST_TEST_ALL` is set.
    package static let isFull = ProcessSetup.environment["HOLDFAST_TEST_ALL"] != nil

    /// How often something is made to crash: as `HOLDFAST_TEST_CRASHES` says, or else as usual.
    package static func crashCount(usual: Int = 100) -> Int {
        ProcessSetup.environment["HOLDFAST_TEST_CRASHES"].flatMap { Int($0) } ?? usual
    }

    /// How many schedules of failures a simulated disk goes through: as `HOLDFAST_TEST_SCHEDULES` says, or
    /// else 500.
    package static let scheduleCount =
        ProcessSetup.environment["HOLDFAST_TEST_SCHEDULES"].flatMap { Int($0) } ?? 500

    /// How many lives of a library threads go through that pin and remove the same blocks: as
    /// `HOLDFAST_TEST_RACES` says, or else 40.
    package static let raceCount =
        ProcessSetup.environment["HOLDFAST_TEST_RACES"].flatMap { Int($0) } ?? 40

    /// How long hostile clients run beside honest ones, in seconds: as
    /// `HOLDFAST_TEST_HOSTILE_MINUTES` says, or else one minute.
    package static let hostileSeconds =
        60 * (ProcessSetup.environment["HOLDFAST_TEST_HOSTILE_MINUTES"].flatMap { Int($0) } ?? 1)

    /// The seed of what is made at random: as `HOLDFAST_TEST_SEED` says, or else another each time.
    package static let seed = givenSeed ?? .random(in: 1 ... .max)

    /// What `HOLDFAST_TEST_SEED` says.
    package static let givenSeed =
        ProcessSetup.environment["HOLDFAST_TEST_SEED"].flatMap { UInt64($0) }

    /// Whether the tests and the program are built with a sanitizer, which takes memory of its own.
    package static let isSanitized = ["__asan_init", "__tsan_init"].contains(where: isLinked)

    private static func isLinked(_ symbol: String) -> Bool { unsafe dlsym(nil, symbol) != nil }

    /// Whether this process may mount file systems.
    package static let mayMount = geteuid() == 0
}
