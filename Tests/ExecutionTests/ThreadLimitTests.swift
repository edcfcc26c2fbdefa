import Testing

@testable import Execution

@Suite(.timeLimit(.minutes(40)))
struct ThreadLimitTests {
    @Test(arguments: [
        ("0::/", ["/sys/fs/cgroup/pids.max"]),
        (
            "0::/system.slice/a.service\n",
            [
                "/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/system.slice/pids.max",
                "/sys/fs/cgroup/system.slice/a.service/pids.max",
            ]
        ),
        (
            "9:cpu,pids:/x\n3:memory:/y\nrubbish\n7:name=z:/w",
            ["/sys/fs/cgroup/pids/pids.max", "/sys/fs/cgroup/pids/x/pids.max"]
        ), ("", []), ("0::relative", []),
    ])
    func theGroupsOfAProcessAreFound(text: String, files: [String]) {
        #expect(ThreadLimit.groupFiles(in: text) == files)
    }

    @Test(arguments: [("max\n", nil), ("4915\n", 4_915), ("", nil), ("7", 7)] as [(String, Int?)])
    func aLimitIsANumberOrNone(text: String, number: Int?) {
        #expect(ThreadLimit.number(text) == number)
    }

    @Test func thisProcessMayHaveSomeThreads() {
        #expect(ThreadLimit.current.map { $0 > 0 } ?? true)
    }
}
