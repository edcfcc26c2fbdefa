import Testing

@testable import Node

@Suite(.timeLimit(.minutes(40)))
struct ConnectionAllotmentTests {
    private func allotment(
        _ publicWanted: Int, _ privateWanted: Int, of openFileMax: Int, threadMax: Int? = nil
    ) throws -> ConnectionAllotment {
        try ConnectionAllotment(
            publicWanted: publicWanted, privateWanted: privateWanted, openFileMax: openFileMax,
            threadMax: threadMax)
    }

    @Test func whatIsConfiguredHoldsWhereThereIsRoom() throws {
        let result = try allotment(1_024, 256, of: 8_192)
        #expect(result.publicCount == 1_024)
        #expect(result.privateCount == 256)
    }

    @Test(arguments: [500, 512, 1_024, 2_048, 4_096, 8_192, 1 << 20])
    func allOfThemTogetherLeaveDescriptorsForTheRest(openFileMax: Int) throws {
        for (publicWanted, privateWanted) in [(1_024, 256), (100_000, 256), (20, 20), (1, 1)] {
            let result = try allotment(publicWanted, privateWanted, of: openFileMax)
            let taken =
                (result.publicCount + result.privateCount)
                * ConnectionAllotment.descriptorsPerConnection
            #expect(taken <= openFileMax - ConnectionAllotment.reserve(of: openFileMax))
            #expect(result.publicCount >= min(publicWanted, Limits.connectionsMin))
            #expect(result.privateCount >= min(privateWanted, Limits.connectionsMin))
        }
    }

    @Test(arguments: [176, 256, 512, 1_024, 3_135, 3_136, 1 << 20])
    func threadsAreCountedToo(threadMax: Int) throws {
        for (publicWanted, privateWanted) in [(1_024, 256), (100_000, 256), (256, 256)] {
            let result = try allotment(
                publicWanted, privateWanted, of: 1 << 20, threadMax: threadMax)
            // A call whose lines come from a thread of their own has two, and so has one that leaves.
            let taken = 2 * result.publicCount + 4 * result.privateCount
            #expect(taken <= threadMax - 64)
            #expect(result.publicCount >= Limits.connectionsMin)
            #expect(result.privateCount >= Limits.connectionsMin)
        }
        let room = try allotment(1_024, 256, of: 1 << 20, threadMax: threadMax)
        #expect((room.privateCount == 256) == (threadMax >= 3_136))
    }

    @Test func withoutRoomForThreadsTheErrorSaysWhatToDo() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try allotment(1_024, 256, of: 1 << 20, threadMax: 100)
        }
        #expect(error?.description.contains("TasksMax=") == true)
    }

    @Test(arguments: [0, 64, 256, 430])
    func withoutRoomTheErrorSaysWhatToDo(openFileMax: Int) {
        let error = #expect(throws: ConfigurationError.self) {
            try allotment(1_024, 256, of: openFileMax)
        }
        #expect(error?.description.contains("ulimit -Hn") == true)
    }
}
