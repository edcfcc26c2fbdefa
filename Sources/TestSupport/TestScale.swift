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

    /// Whether this process may mount file systems.
    package static let mayMount = geteuid() == 0
}
