import BlockStore
import Buffers
import Execution
import Multiformats
import TestSupport
import Testing

@testable import Node

@Suite(.timeLimit(.minutes(40)))
struct RepositoryTests {
    private func withHome(_ body: (String) throws -> Void) throws {
        let folder = try File.makeTemporaryFolder(prefix: "holdfast-repository-")
        defer { try? File.removeTree(folder) }
        try body(folder + "/home")
    }

    @Test func aNewRepositoryHasItsFoldersForTheOwnerAlone() throws {
        try withHome { home in
            let identity = try Repository.initialize(home: home)
            #expect(identity.peerID.hasPrefix("12D3Koo"))
            for name in ["", "/blocks", "/meta", "/spool", "/keys"] {
                #expect(try File.status(of: home + name).mode == 0o700)
            }
            for name in ["/config.json", "/version", "/keys/peer-id", "/keys/private-key"] {
                #expect(try File.status(of: home + name).mode == 0o600)
            }
            #expect(try Identity.open(in: home) == identity)
        }
    }

    @Test func aFolderThatWasThereIsClosed() throws {
        try withHome { home in
            for mode: UInt32 in [0o777, 0o755, 0o2770] {
                try? File.removeTree(home)
                try File.makeFolder(home)
                try File.setPermissions(home, mode)
                _ = try Repository.initialize(home: home)
                #expect(try File.status(of: home).mode == 0o700)
            }
        }
    }

    @Test func aSharedFolderIsNoRepository() throws {
        try withHome { home in
            try File.makeFolder(home)
            try File.setPermissions(home, 0o1777)
            let error = #expect(throws: RepositoryError.self) {
                try Repository.initialize(home: home)
            }
            #expect(error?.code == .open)
            #expect(error?.description.contains("a folder of its own") == true)
            #expect(try File.status(of: home).mode == 0o1777)
            #expect(try File.rawNames(in: home) == [])
        }
    }

    @Test(
        arguments: [
            "", "/keys", "/blocks", "/meta", "/spool", "/config.json", "/keys/private-key",
        ], [0o020, 0o002] as [UInt32])
    func aRepositoryThatOthersCanWriteIsRefused(name: String, bit: UInt32) throws {
        try withHome { home in
            _ = try Repository.initialize(home: home)
            if !name.isEmpty { try File.setPermissions(home, 0o711) }
            let path = home + name
            let mode = try File.status(of: path).mode
            try File.setPermissions(path, mode | bit)
            let error = #expect(throws: RepositoryError.self) { try Repository.open(home: home) }
            #expect(error?.code == .open)
            #expect(error?.description.contains("run `chmod go-w \(path)`") == true)
            try File.setPermissions(path, mode)
            try Repository.open(home: home).close()
        }
    }

    @Test func aKeyThatOthersCanReadIsRefused() throws {
        try withHome { home in
            _ = try Repository.initialize(home: home)
            let key = home + "/keys/private-key"
            try File.setPermissions(key, 0o644)
            // As long as one folder above is closed they cannot.
            try Repository.open(home: home).close()
            try File.setPermissions(home, 0o711)
            try Repository.open(home: home).close()
            try File.setPermissions(home + "/keys", 0o755)
            let error = #expect(throws: RepositoryError.self) { try Repository.open(home: home) }
            #expect(error?.code == .open)
            #expect(error?.description.contains("permissions 0644 of \(key)") == true)
            #expect(error?.description.contains("run `chmod 600 \(key)`") == true)
            try File.setPermissions(key, 0o600)
            try Repository.open(home: home).close()
            try File.setPermissions(key, 0o640)
            try File.setPermissions(home, 0o700)
            try Repository.open(home: home).close()
        }
    }

    /// The home is closed, which is no help to what lies elsewhere.
    @Test(arguments: ["/keys", "/keys/private-key"])
    func aKeyBehindALinkThatOthersCanReadIsRefused(name: String) throws {
        try withHome { home in
            _ = try Repository.initialize(home: home)
            try File.rename(home + name, to: home + "-elsewhere")
            try File.makeLink(home + name, to: home + "-elsewhere")
            let key = home + "/keys/private-key"
            try File.setPermissions(home + "/keys", 0o755)
            try Repository.open(home: home).close()
            try File.setPermissions(key, 0o644)
            let error = #expect(throws: RepositoryError.self) { try Repository.open(home: home) }
            #expect(error?.code == .open)
            #expect(error?.description.contains("run `chmod 600 \(key)`") == true)
            try File.setPermissions(key, 0o600)
            try Repository.open(home: home).close()
        }
    }

    @Test(arguments: ["/config.json", "/version", "/keys/private-key"])
    func aLinkedFileThatOthersCanWriteIsRefused(name: String) throws {
        try withHome { home in
            _ = try Repository.initialize(home: home)
            try File.rename(home + name, to: home + "-elsewhere")
            try File.makeLink(home + name, to: home + "-elsewhere")
            try Repository.open(home: home).close()
            try File.setPermissions(home + "-elsewhere", 0o622)
            let error = #expect(throws: RepositoryError.self) { try Repository.open(home: home) }
            #expect(error?.description.contains("run `chmod go-w \(home + name)`") == true)
        }
    }

    /// Another user's address of a node would get the commands of this one.
    @Test func anAddressThatOthersCanWriteIsNotBelieved() throws {
        try withHome { home in
            _ = try Repository.initialize(home: home)
            let repository = try Repository.open(home: home)
            defer { repository.close() }
            try repository.publish(api: "/ip4/127.0.0.1/tcp/1", gateway: "http://127.0.0.1:2")
            try File.setPermissions(home, 0o777)
            #expect(throws: RepositoryError.self) { try Repository.runningNodeAddress(home: home) }
        }
    }

    @Test func whatOthersHavePutThereIsRefused() throws {
        // Only root can give files away.
        guard ProcessSetup.userNumber == 0 else { return }
        for name in ["/config.json", "/keys", "/lock", "/version.new"] {
            try withHome { home in
                try File.makeFolder(home)
                try File.replace(home + "-precious", with: "keep")
                if name == "/keys" {
                    try File.makeFolder(home + name)
                } else {
                    try File.makeLink(home + name, to: home + "-precious")
                }
                try File.setOwner(home + name, 65_534)
                if name == "/version.new" {
                    _ = try Repository.initialize(home: home)
                } else {
                    let error = #expect(throws: RepositoryError.self) {
                        try Repository.initialize(home: home)
                    }
                    #expect(error?.description.contains("another user") == true)
                }
                #expect(try File.readAll(home + "-precious", limit: 9) == "keep")
            }
        }
    }

    @Test func thePeerIDIsMadeOfThePublicKey() throws {
        try withHome { home in
            let identity = try Repository.initialize(home: home)
            let hash = try Multibase.decode("z" + identity.peerID).1
            #expect(hash == Bytes([0x00, 0x24]).appending(identity.publicKey))
            #expect(identity.publicKey.starts(with: [0x08, 0x01, 0x12, 0x20]))
            #expect(identity.publicKey.count == 36)
            // The text for people may go: the key says who the node is.
            try File.remove(home + "/keys/peer-id")
            #expect(try Identity.open(in: home) == identity)
        }
    }

    @Test func anIDFromBeforeThereWasAKeyIsKept() throws {
        try withHome { home in
            let identity = try Repository.initialize(home: home)
            try File.remove(home + "/keys/private-key")
            let old = try Identity.open(in: home)
            #expect(old.peerID == identity.peerID && old.publicKey.isEmpty)
        }
    }

    @Test(arguments: ["", "\n", "12D3KooW\n", "somebody\n", "12D3KooW 12D3KooW\n"])
    func anIDThatIsNoneIsRefused(text: String) throws {
        try withHome { home in
            _ = try Repository.initialize(home: home)
            try File.remove(home + "/keys/private-key")
            try File.replace(home + "/keys/peer-id", with: Bytes(utf8: text))
            let error = #expect(throws: RepositoryError.self) { try Identity.open(in: home) }
            #expect(error?.code == .damaged)
            #expect(error?.description.contains("\(home)/keys/peer-id should hold") == true)
            let kept = try File.readAll(home + "/keys/peer-id", limit: 99)
            #expect(kept.utf8Text == text)
        }
    }

    @Test func aNewIdentityIsTold() throws {
        try withHome { home in
            _ = try Repository.initialize(home: home)
            var told: [Identity] = []
            _ = try Identity.open(in: home) { told.append($0) }
            #expect(told == [])
            for name in ["/keys/private-key", "/keys/peer-id"] { try File.remove(home + name) }
            let identity = try Identity.open(in: home) { told.append($0) }
            #expect(told == [identity])
        }
    }

    @Test func aDamagedKeyIsNamedAndNotReplaced() throws {
        try withHome { home in
            _ = try Repository.initialize(home: home)
            let key = try File.readAll(home + "/keys/private-key", limit: 99)
            let last = try #require(key.last)
            for damaged in [key.dropLast(1), key.dropLast(1).appending([~last]), .empty] {
                try File.replace(home + "/keys/private-key", with: damaged)
                let error = #expect(throws: FileError.self) { try Identity.open(in: home) }
                #expect(error?.path.hasSuffix("/keys/private-key") == true)
                #expect(try File.readAll(home + "/keys/private-key", limit: 99) == damaged)
            }
        }
    }

    @Test func aRepositoryIsNotMadeTwice() throws {
        try withHome { home in
            _ = try Repository.initialize(home: home)
            let error = #expect(throws: RepositoryError.self) {
                try Repository.initialize(home: home)
            }
            #expect(error?.code == .exists)
        }
    }

    /// The identity that one of two at once returned was replaced by that of the other.
    @Test func aRepositoryIsNotMadeWhileAnotherProcessMakesIt() throws {
        try withHome { home in
            try File.makeFolder(home)
            let lock = try File(home + "/lock", .readWrite)
            #expect(try lock.tryLock())
            let error = #expect(throws: RepositoryError.self) {
                try Repository.initialize(home: home)
            }
            #expect(error?.code == .inUse)
            #expect(try File.names(in: home) == ["lock"])
            lock.close()
            _ = try Repository.initialize(home: home)
            try Repository.open(home: home).close()
        }
    }

    @Test func ofManyWhoMakeARepositoryAtOnceOneDoes() throws {
        try withHome { home in
            let (made, refused) = (Locked<[Identity]>([]), Locked<[RepositoryError.Code]>([]))
            let threads = (0..<8).map { index in
                Thread(name: "init-\(index)") {
                    do {
                        let identity = try Repository.initialize(home: home)
                        made.withLock { $0.append(identity) }
                    } catch {
                        let code = (error as? RepositoryError)?.code ?? .damaged
                        refused.withLock { $0.append(code) }
                    }
                }
            }
            for thread in threads { thread.join() }
            let kept = try Identity.open(in: home)
            #expect(made.withLock { $0 } == [kept])
            #expect(refused.withLock { $0 }.allSatisfy { [.exists, .inUse].contains($0) })
        }
    }

    /// It ends at any point before its last step, the version.
    @Test func aMakingThatWasBrokenOffIsRepeatedAndKeepsTheKey() throws {
        try withHome { home in
            let identity = try Repository.initialize(home: home)
            let steps = ["/version", "/meta/CURRENT", "/keys/peer-id", "/config.json"]
            for step in steps { try File.remove(home + step) }
            // LevelDB writes no log before `CURRENT`.
            for name in try File.names(in: home + "/meta") where name.hasSuffix(".log") {
                try File.remove(home + "/meta/" + name)
            }
            try File.rename(
                home + "/meta/MANIFEST-000002", to: home + "/meta/MANIFEST-000001")
            #expect(try Repository.initialize(home: home) == identity)
            let repository = try Repository.open(home: home)
            defer { repository.close() }
            try BlockStore.open(BlockStoreOptions(folder: home)).close()
        }
    }

    @Test func aDatabaseThatIsGoneIsNotMadeByOpening() throws {
        try withHome { home in
            _ = try Repository.initialize(home: home)
            try File.removeTree(home + "/meta")
            try Repository.open(home: home).close()
            #expect(try !File.exists(home + "/meta"))
        }
    }

    @Test func aConfigurationThatWasThereIsKept() throws {
        try withHome { home in
            try File.makeFolder(home)
            try File.replace(home + "/config.json", with: Bytes(utf8: #"{"log":{}}"#))
            _ = try Repository.initialize(home: home)
            #expect(try File.readAll(home + "/config.json", limit: 99).utf8Text == #"{"log":{}}"#)
        }
    }

    @Test func withoutARepositoryTheMessageSaysHowToMakeOne() throws {
        try withHome { home in
            let error = #expect(throws: RepositoryError.self) { try Repository.open(home: home) }
            #expect(
                error?.description == "no repository found in \(home): run `holdfast init` first")
        }
    }

    @Test func aNewerVersionIsRefused() throws {
        try withHome { home in
            _ = try Repository.initialize(home: home)
            try File.replace(home + "/version", with: Bytes(utf8: "4\n"))
            let error = #expect(throws: RepositoryError.self) { try Repository.open(home: home) }
            #expect(error?.code == .newerVersion)
            #expect(error?.description.contains("has version 4") == true)
        }
    }

    /// Its pins, or its high-water mark, have another form: they must not be misread.
    @Test(arguments: [1, 2])
    func anOlderVersionIsRefused(version: Int) throws {
        try withHome { home in
            _ = try Repository.initialize(home: home)
            try File.replace(home + "/version", with: Bytes(utf8: "\(version)\n"))
            let error = #expect(throws: RepositoryError.self) { try Repository.open(home: home) }
            #expect(error?.code == .olderVersion)
            #expect(error?.description.contains("has version \(version)") == true)
        }
    }

    @Test func aSecondOpeningIsRefusedWithTheProcessOfTheFirst() throws {
        try withHome { home in
            _ = try Repository.initialize(home: home)
            let first = try Repository.open(home: home)
            let error = #expect(throws: RepositoryError.self) { try Repository.open(home: home) }
            #expect(error?.code == .inUse)
            #expect(error?.description.contains("process \(ProcessSetup.processNumber)") == true)
            first.close()
            try Repository.open(home: home).close()
        }
    }

    @Test func theAddressOfANodeIsKnownAsLongAsItRuns() throws {
        try withHome { home in
            _ = try Repository.initialize(home: home)
            #expect(try Repository.runningNodeAddress(home: home) == nil)
            let repository = try Repository.open(home: home)
            try repository.publish(api: "/ip4/127.0.0.1/tcp/1", gateway: "http://127.0.0.1:2")
            #expect(try Repository.runningNodeAddress(home: home) == "/ip4/127.0.0.1/tcp/1")
            #expect(try Repository.runningNodeProcess(home: home) == ProcessSetup.processNumber)
            #expect(Repository.gatewayAddress(home: home) == "http://127.0.0.1:2")
            repository.close()
            #expect(try Repository.runningNodeAddress(home: home) == nil)
        }
    }

    /// Whoever has the port of a node that was killed is not that node.
    @Test func theAddressOfANodeThatWasKilledIsNotBelieved() throws {
        try withHome { home in
            _ = try Repository.initialize(home: home)
            try File.replace(home + "/api", with: Bytes(utf8: "/ip4/127.0.0.1/tcp/1"))
            try File.replace(home + "/gateway", with: Bytes(utf8: "http://127.0.0.1:2"))
            let repository = try Repository.open(home: home)
            defer { repository.close() }
            #expect(try Repository.runningNodeAddress(home: home) == nil)
            #expect(Repository.gatewayAddress(home: home) == nil)
        }
    }

    @Test func whatIsNoNodesStopsNoCommand() throws {
        try withHome { home in
            _ = try Repository.initialize(home: home)
            let long = Bytes([UInt8](repeating: 0x61, count: 5_000))
            try File.replace(home + "/api", with: long)
            #expect(try Repository.runningNodeAddress(home: home) == nil)
            try Repository.open(home: home).close()
            #expect(try !File.exists(home + "/api"))
        }
    }

    @Test(arguments: ["/api", "/gateway"])
    func aFolderInThePlaceOfAnAddressIsNamed(name: String) throws {
        try withHome { home in
            _ = try Repository.initialize(home: home)
            try File.makeFolder(home + name)
            #expect(try Repository.runningNodeAddress(home: home) == nil)
            let error = #expect(throws: RepositoryError.self) { try Repository.open(home: home) }
            #expect(error?.description.contains("\(home + name) is a folder") == true)
            #expect(error?.description.contains("move it elsewhere") == true)
            try File.removeFolder(home + name)
            try Repository.open(home: home).close()
        }
    }

    /// Of a node that was killed, while another process has the repository or looks at it: its address
    /// may be anybody's by then.
    @Test(arguments: ["/lock", "/api"])
    func whoHoldsALockDoesNotVouchForAnAddressOfOthers(name: String) throws {
        try withHome { home in
            _ = try Repository.initialize(home: home)
            let killed = try Repository.open(home: home)
            try killed.publish(api: "/ip4/127.0.0.1/tcp/1", gateway: "http://127.0.0.1:2")
            let number = try File.readAll(home + "/lock", limit: 99)
            killed.close()
            try File.replace(home + "/lock", with: number)
            try File.replace(home + "/api", with: Bytes(utf8: "/ip4/127.0.0.1/tcp/1"))
            let other = try File(home + name, .readWrite)
            #expect(try other.tryLock(name == "/lock" ? .alone : .shared))
            #expect(try Repository.runningNodeAddress(home: home) == nil)
            #expect(try Repository.runningNodeProcess(home: home) == nil)
        }
    }

    /// It runs on after an upgrade in place, and has not locked its address.
    @Test func aNodeOfAnEarlierBuildIsNamedAndNotAsked() throws {
        try withHome { home in
            _ = try Repository.initialize(home: home)
            try File.replace(home + "/lock", with: "4711\n")
            let lock = try File(home + "/lock", .readWrite)
            #expect(try lock.tryLock())
            // A command that has the repository.
            try Repository.checkEarlierNode(home: home)
            try File.replace(home + "/api", with: "/ip4/127.0.0.1/tcp/1")
            #expect(try Repository.runningNodeAddress(home: home) == nil)
            let error = #expect(throws: RepositoryError.self) {
                try Repository.checkEarlierNode(home: home)
            }
            #expect(error?.code == .inUse)
            #expect(error?.description.contains("stop it first (`kill 4711`)") == true)
            // It was killed.
            lock.close()
            try Repository.checkEarlierNode(home: home)
        }
    }

    @Test func theAddressIsLockedFromItsFirstMoment() throws {
        try withHome { home in
            _ = try Repository.initialize(home: home)
            let repository = try Repository.open(home: home)
            try File.replace(home + "/api.new", with: "left by a process that was killed")
            try repository.publish(api: "/ip4/127.0.0.1/tcp/1", gateway: "http://127.0.0.1:2")
            #expect(try File.readAll(home + "/api", limit: 99) == "/ip4/127.0.0.1/tcp/1")
            #expect(try File.status(of: home + "/api").mode == 0o600)
            let look = try File(home + "/api", .read)
            #expect(try !look.tryLock(.shared))
            repository.close()
            #expect(try look.tryLock(.shared))
        }
    }

    @Test func theHomeIsChosenByOptionThenEnvironment() {
        let environment = ["HOME": "/h", "HOLDFAST_HOME": "/e/"]
        #expect(Repository.home(option: "/o", environment: environment) == "/o")
        #expect(Repository.home(option: nil, environment: environment) == "/e")
        #expect(Repository.home(option: nil, environment: ["HOME": "/h"]) == "/h/.holdfast")
    }
}
