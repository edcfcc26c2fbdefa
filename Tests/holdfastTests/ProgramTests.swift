import Buffers
import Execution
import TestSupport
import Testing

/// Runs the built program without a node: every command opens the repository itself.
@Suite(.timeLimit(.minutes(40)), .serialized)
struct ProgramTests {
    @Test func aFileGoesInAndItsBytesComeOut() throws {
        let place = try TestPlace()
        try place.write("hello.txt", "hello\n")
        let added = try place.run("add", place.path("hello.txt"))
        #expect(
            added.outputText == "added QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN hello.txt\n")
        #expect(added.errorText == "")
        #expect(added.exitCode == 0)
        let shown = try place.run("cat", "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN")
        #expect(shown.outputText == "hello\n")
        let part = try place.run(
            "cat", "-o", "2", "-l", "3", "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN")
        #expect(part.outputText == "llo")
    }

    /// The number of one that is closed is not that of the repository's first file: what is printed would
    /// stand in that, and the command would seem to be done.
    @Test(arguments: [">&-", ">&- 2>&-", "<&- >&- 2>&-"])
    func closedStandardDescriptorsStayClosed(closed: String) throws {
        let place = try TestPlace()
        _ = try place.run("init")
        for command in [
            "cat bafkqac3imvwgy3zao5xxe3de", "repo stat", "id",
            "block get bafkqac3imvwgy3zao5xxe3de",
        ] {
            let result = try place.shell("holdfast \(command) \(closed); echo \"code $?\"")
            #expect(result.outputText == "code 1\n", "\(command)")
        }
        for name in ["lock", "meta/LOCK", "blocks/LOCK"] {
            let path = place.home + "/" + name
            guard try File.exists(path) else { continue }
            let text = try File.readAll(path, limit: 1 << 20).displayText
            #expect(text.allSatisfy { $0.isNumber || $0 == "\n" }, "\(name)")
        }
    }

    /// A file that may not grow further ends no process: it is an error with words.
    @Test func aLimitOfFileSizesIsAnError() throws {
        let place = try TestPlace()
        _ = try place.run("init")
        _ = try place.run("add", "-Q", input: Bytes(Array(repeating: 7, count: 3 << 20)))
        for command in [
            "get -o out QmNotThere", "cat QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn >out",
            "add -Q out",
            "repo verify", "pin ls",
        ] {
            let result = try place.shell("(ulimit -f 1; holdfast \(command)); echo \"code $?\"")
            let isEnded =
                result.outputText.hasSuffix("code 0\n") || result.outputText.hasSuffix("code 1\n")
            #expect(isEnded, "\(command): \(result.outputText)")
        }
    }

    /// The environment may say which part of OpenSSL others use; with none, a node ended by a trap.
    @Test func whatOpenSSLIsToldByTheEnvironmentDoesNotMatter() throws {
        let place = try TestPlace(makesRepository: false)
        try place.write(
            "openssl.cnf",
            """
            openssl_conf = all
            [all]
            providers = list
            [list]
            null = section
            [section]
            activate = 1

            """)
        let variables = ["OPENSSL_CONF": place.path("openssl.cnf")]
        func run(_ words: String...) throws -> String {
            let result = try place.run(words, adding: variables)
            #expect(result.exitCode == 0, "\(words) \(result.errorText)")
            return result.outputText
        }
        #expect(try run("init").contains("peer identity: 12D3Koo"))
        try place.write("hello.txt", "hello\n")
        for hash in ["sha1", "sha2-512", "sha3-256", "shake-256", "blake3"] {
            let cid = try run("add", "-Q", "--hash=\(hash)", place.path("hello.txt")).dropLast()
            #expect(try run("cat", String(cid)) == "hello\n")
        }
    }

    @Test func aFolderIsAddedAsKuboAddsIt() throws {
        let place = try TestPlace()
        try place.makeSampleFolder()
        let added = try place.run("add", "-r", place.path("dir"))
        #expect(
            added.outputText == """
                added Qmbvkmk9LFsGneteXk3G7YLqtLVME566ho6ibaQZZVHaC9 dir/a
                added QmQGdvJc5i8i3wPbkBgwtn91eoNg9cDxMBqaH4RBJVGX8S dir/l
                added QmR9pC5uCF3UExca8RSrCVL8eKv7nHMpATzbEQkAHpXmVM dir/sub/b
                added QmYK7dA9iTDSmYvSbEWFBkKLAtxNWkveYfEPptHimToKVJ dir/sub
                added QmSQkkEtsqH4ZwKrqgbxxHSF6xohQMU9pBQZAuzjKkEcFr dir

                """)
        let wrapped = try place.run("add", "-r", "-w", "--cid-version=1", place.path("dir"))
        let lines = wrapped.outputText.split(separator: "\n")
        #expect(
            lines.first == "added bafkreiehikh4kiuahuyqmxt3zy6pap7eouewmmpf4b5326qp3zqmjtzfy4 dir/a"
        )
        #expect(lines.count == 6)
        #expect(lines.last?.hasSuffix(" ") == true)
    }

    @Test func quietFormsPrintOnlyCIDs() throws {
        let place = try TestPlace()
        try place.makeSampleFolder()
        let root = "QmSQkkEtsqH4ZwKrqgbxxHSF6xohQMU9pBQZAuzjKkEcFr\n"
        #expect(try place.run("add", "-rQ", place.path("dir")).outputText == root)
        #expect(try place.run("add", "-rq", place.path("dir")).outputText.hasSuffix("\n" + root))
        #expect(try place.run("add", "-r", "--silent", place.path("dir")).outputText == "")
        #expect(try place.run("add", "-rnQ", place.path("dir")).outputText == root)
    }

    /// What comes with pauses, and what has no writer yet, is added as what is there.
    @Test func aSlowPipeIsAddedToItsEnd() throws {
        let place = try TestPlace()
        let fast = try place.shell("printf onetwo | holdfast add -Q")
        let slow = try place.shell("(printf one; sleep 0.6; printf two) | holdfast add -Q")
        let named = try place.shell(
            "mkfifo p && { (sleep 0.6; printf onetwo > p) & holdfast add -Q p; }")
        #expect(fast.exitCode == 0 && fast.outputText.hasPrefix("Qm"), "\(fast.errorText)")
        #expect(slow.outputText == fast.outputText, "\(slow.errorText)")
        #expect(named.outputText == fast.outputText, "\(named.errorText)")
    }

    @Test func standardInputIsAddedWithoutAName() throws {
        let place = try TestPlace()
        let cid = "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN"
        let input = Bytes(utf8: "hello\n")
        #expect(try place.run("add", input: input).outputText == "added \(cid) \(cid)\n")
        #expect(try place.run("add", "-", input: input).outputText == "added \(cid) \(cid)\n")
        let named = try place.run("add", "--stdin-name=greeting", input: input)
        #expect(named.outputText == "added \(cid) greeting\n")
        #expect(try place.run("cat", input: Bytes(utf8: cid + "\n")).outputText == "hello\n")
    }

    @Test func aFolderComesBackWithGet() throws {
        let place = try TestPlace()
        try place.makeSampleFolder()
        let root = try place.run("add", "-rQ", place.path("dir")).outputText.dropLast()
        let output = place.path("out")
        let got = try place.run("get", "-o", output, String(root))
        #expect(got.outputText == "Saving file(s) to \(output)\n")
        #expect(got.exitCode == 0, "\(got.errorText)")
        #expect(try File.readAll(output + "/a", limit: 9).utf8Text == "a\n")
        #expect(try File.readAll(output + "/sub/b", limit: 9).utf8Text == "b\n")
        #expect(try File.linkTarget(of: output + "/l").utf8Text == "a")
        let archive = try place.run("get", "-a", "-o", place.path("x"), String(root))
        #expect(archive.outputText == "Saving archive to \(place.path("x.tar"))\n")
        let listed = try ChildProcess.run("tar", ["-tf", place.path("x.tar")])
        #expect(listed.outputText.split(separator: "\n").count == 5)
        let compressed = try place.run("get", "-aC", "-o", place.path("y"), String(root))
        #expect(compressed.outputText == "Saving archive to \(place.path("y.tar.gz"))\n")
        #expect(try ChildProcess.run("gzip", ["-t", place.path("y.tar.gz")]).exitCode == 0)
    }

    @Test func pinsAreListedAddedAndRemoved() throws {
        let place = try TestPlace()
        let cid = try place.run("add", "-Q", "--pin=false", input: Bytes(utf8: "pin me\n"))
            .outputText.dropLast()
        #expect(try place.run("pin", "ls", "-t", "recursive").outputText == "")
        #expect(
            try place.run("pin", "add", String(cid)).outputText == "pinned \(cid) recursively\n")
        #expect(try place.run("pin", "ls").outputText == "\(cid) recursive\n")
        #expect(try place.run("pin", "ls", "-q", "--stream").outputText == "\(cid)\n")
        #expect(try place.run("pin", "rm", String(cid)).outputText == "unpinned \(cid)\n")
        let missing = try place.run("pin", "ls", String(cid))
        #expect(missing.errorText == "Error: path '\(cid)' is not pinned\n")
        #expect(missing.exitCode == 1)
    }

    @Test func aPinIsMoved() throws {
        let place = try TestPlace()
        let old = try place.run("add", "-Q", input: Bytes(utf8: "old\n")).outputText.dropLast()
        let new = try place.run("add", "-Q", "--pin=false", input: Bytes(utf8: "new\n"))
            .outputText.dropLast()
        let moved = try place.run("pin", "update", String(old), String(new)).outputText
        #expect(moved.hasPrefix("updated ") && moved.hasSuffix("\(new)\n"), "\(moved)")
        #expect(moved.contains("\(old) to ") && moved.filter(\.isNewline).count == 1)
        #expect(try place.run("pin", "ls", "-q").outputText == "\(new)\n")
    }

    @Test func foldersAreListed() throws {
        let place = try TestPlace()
        try place.makeSampleFolder()
        let root = try place.run("add", "-rQ", "--cid-version=1", place.path("dir")).outputText
            .dropLast()
        let listed = try place.run("ls", String(root)).outputText.split(separator: "\n")
        #expect(listed.count == 3)
        #expect(listed.first == "bafkreiehikh4kiuahuyqmxt3zy6pap7eouewmmpf4b5326qp3zqmjtzfy4 2 a")
        #expect(listed.last?.hasSuffix(" - sub/") == true)
    }

    /// Recorded before long answers were read while they arrive.
    @Test func listingsAreAlignedWithAllTheirColumns() throws {
        let place = try TestPlace()
        try place.makeSampleFolder()
        let root = try place.run("add", "-rQ", place.path("dir")).outputText.dropLast()
        func listed(_ words: String...) throws -> String {
            let result = try place.run(["ls"] + words)
            #expect(result.exitCode == 0, "\(result.errorText)")
            return result.outputText
        }
        let (a, link) = (
            "Qmbvkmk9LFsGneteXk3G7YLqtLVME566ho6ibaQZZVHaC9",
            "QmQGdvJc5i8i3wPbkBgwtn91eoNg9cDxMBqaH4RBJVGX8S"
        )
        let (sub, b) = (
            "QmYK7dA9iTDSmYvSbEWFBkKLAtxNWkveYfEPptHimToKVJ",
            "QmR9pC5uCF3UExca8RSrCVL8eKv7nHMpATzbEQkAHpXmVM"
        )
        let blank = String(repeating: " ", count: 42)
        let folder = String(root)
        #expect(try listed(folder) == "\(a) 2 a\n\(link) 1 l\n\(sub) - sub/\n")
        #expect(
            try listed("--size=false", folder) == "\(a) a\n\(link) l\n\(sub) sub/\n")
        #expect(
            try listed("--long", "--headers", folder) == """
                Mode Hash\(blank) Size ModTime Name
                -    \(a) 2    -       a
                -    \(link) 1    -       l
                -    \(sub) -    -       sub/

                """)
        #expect(
            try listed("--stream", "--headers", folder, folder + "/sub") == """
                \(folder):
                Hash\(blank) Size      Name
                \(a) 2         a
                \(link) 1         l
                \(sub) -         sub/

                \(folder)/sub:
                Hash\(blank) Size      Name
                \(b) 2         b

                """)
        #expect(
            try listed("--headers", folder + "/sub", folder) == """
                \(folder)/sub:
                Hash\(blank) Size Name
                \(b) 2    b

                \(folder):
                Hash\(blank) Size Name
                \(a) 2    a
                \(link) 1    l
                \(sub) -    sub/

                """)
        let none = "\"Target\":\"\",\"Mode\":0,\"ModTime\":\"0001-01-01T00:00:00Z\""
        let json = """
            {"Objects":[{"Hash":"\(folder)/sub","Links":[{"Name":"b","Hash":"\(b)","Size":2,\
            "Type":2,\(none)}]}]}

            """
        #expect(try listed("--encoding=json", folder + "/sub") == json)
        #expect(try listed("--encoding=json", "--stream", folder + "/sub") == json)
    }

    @Test func blocksAndNodesGoInAndOut() throws {
        let place = try TestPlace()
        let raw = try place.run("block", "put", input: Bytes(utf8: "hello\n"))
        #expect(raw.outputText == "bafkreicysg23kiwv34eg2d7qweipxwosdo2py4ldv42nbauguluen5v6am\n")
        let cid = String(raw.outputText.dropLast())
        #expect(try place.run("block", "stat", cid).outputText == "Key: \(cid)\nSize: 6\n")
        #expect(try place.run("block", "get", cid).outputText == "hello\n")
        let node = try place.run(
            "dag", "put", input: Bytes(utf8: #"{"a":1,"b":[true,{"/":"\#(cid)"}]}"#))
        let nodeCID = String(node.outputText.dropLast())
        #expect(try place.run("dag", "get", nodeCID + "/a").outputText == "1")
        #expect(try place.run("dag", "resolve", nodeCID + "/b/1").outputText == cid)
        #expect(try place.run("refs", nodeCID).outputText == cid + "\n")
        #expect(try place.run("resolve", "/ipfs/" + nodeCID).outputText == "/ipfs/\(nodeCID)\n")
        let removed = try place.run("block", "rm", cid)
        #expect(removed.outputText == "removed \(cid)\n")
        #expect(try place.run("block", "get", cid).exitCode == 1)
    }

    @Test func archivesAreExportedAndImported() throws {
        let place = try TestPlace()
        try place.makeSampleFolder()
        let root = String(try place.run("add", "-rQ", place.path("dir")).outputText.dropLast())
        let exported = try place.run("dag", "export", root)
        #expect(exported.exitCode == 0)
        let other = try TestPlace()
        let imported = try other.run("dag", "import", "--stats", input: exported.output)
        #expect(imported.outputText.hasPrefix("Pinned root\t\(root)\tsuccess\nImported "))
        #expect(try other.run("cat", root + "/sub/b").outputText == "b\n")
        let cut = try other.run(
            "dag", "import", input: exported.output.prefix(exported.output.count - 5))
        #expect(cut.exitCode == 1)
        #expect(cut.errorText.hasPrefix("Error: "))
    }

    /// As it is where they are printed as text.
    @Test func aFaultAmongValuesEndsWithOneAlsoWhereTheyAreJSON() throws {
        let place = try TestPlace()
        try place.write("hello.txt", "hello\n")
        let cid = String(try place.run("add", "-Q", place.path("hello.txt")).outputText.dropLast())
        for words in [
            "block rm \(cid)", "cid format xyz",
            "refs bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy",
        ] {
            let result = try place.shell("holdfast --encoding=json \(words)")
            #expect(result.exitCode == 1, "\(words)")
            #expect(result.errorText.hasPrefix("Error: "), "\(words)")
        }
        let fine = try place.run("--encoding=json", "cid", "format", cid)
        #expect(fine.exitCode == 0)
    }

    @Test func aTextOfACIDHasALimit() throws {
        let place = try TestPlace()
        let cid = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy"
        let format = String(repeating: "%S", count: 500)
        let long = try place.run("cid", "format", "-f", format, "-b", "base2", cid)
        #expect(long.exitCode == 1 && long.errorText.contains("use a shorter format"))
        let base = try place.run("pin", "ls", "--cid-base=identity")
        #expect(base.exitCode == 1 && base.errorText.contains("use another base"))
    }

    @Test func textsOfCIDsNeedNeitherNodeNorRepository() throws {
        let place = try TestPlace(makesRepository: false)
        let cid = "QmZULkCELmmk5XNfCgTnCyFgAVxBRBXyDHGGMVoLFLiXEN"
        let base32 = "bafybeifgkpgb7yqgjnovszaio7tzetmdfmigylr24hg6a76wnjxcnhkx54"
        #expect(try place.run("cid", "base32", cid).outputText.hasPrefix("bafybei"))
        #expect(base32.count == 59)
        #expect(
            try place.run("cid", "format", "-f", "%v-%c-%h", cid).outputText
                == "cidv0-dag-pb-sha2-256\n")
        #expect(try place.run("cid", "bases").outputText.contains("base58btc\n"))
        #expect(try place.run("cid", "codecs", "--numeric").outputText.contains("   85  raw\n"))
        #expect(try place.run("cid", "hashes").outputText.contains("sha2-256\n"))
        let text = try place.run(
            "multibase", "encode", "-b", "base16", input: Bytes(utf8: "hello\n"))
        #expect(text.outputText == "f68656c6c6f0a")
        #expect(try place.run("multibase", "decode", input: text.output).outputText == "hello\n")
        let broken = try place.run("cid", "base32", "nonsense", cid)
        #expect(broken.exitCode == 1)
        #expect(broken.outputText.hasPrefix("bafybei"))
    }

    @Test func theRepositoryAndTheProgramDescribeThemselves() throws {
        let place = try TestPlace()
        _ = try place.run("add", input: Bytes(utf8: "x"))
        let stat = try place.run("repo", "stat").outputText
        #expect(stat.hasPrefix("NumObjects: "))
        #expect(stat.contains("\nRepoPath:   \(place.home)\n"))
        #expect(try place.run("version").outputText.hasPrefix("holdfast version "))
        #expect(try place.run("id", "-f", "<id>").outputText.hasPrefix("12D3Koo"))
        #expect(try place.run("id").outputText.hasPrefix("{\n\t\"ID\": \"12D3Koo"))
        let status = try place.run("status")
        #expect(status.outputText.contains("not running"))
        #expect(status.exitCode == 0, "\(status.errorText)")
        let json = try place.run("repo", "stat", "--enc=json").outputText
        #expect(json.hasPrefix("{\"RepoSize\":"))
    }

    /// Kubo has none offline either.
    @Test func aNodeWithoutAListenerHasNoAddress() throws {
        let place = try TestPlace()
        #expect(try place.run("id").outputText.contains("\n\t\"Addresses\": [],\n"))
        #expect(try place.run("id", "-f", "<addrs>").outputText == "")
        for command in ["listen", "local"] {
            let listed = try place.run("swarm", "addrs", command)
            #expect(listed.exitCode == 0, "\(listed.errorText)")
            #expect(listed.outputText == "")
        }
        let node = try RunningNode(place)
        let address = "/ip4/127.0.0.1/tcp/\(node.rpcPort)/http"
        #expect(try place.run("id").outputText.contains(address + "/p2p/12D3Koo"))
        #expect(try place.run("swarm", "addrs", "local").outputText == address + "\n")
        #expect(node.stop() == 0)
    }

    @Test func explainSaysWhichOptionsAreInForce() throws {
        let place = try TestPlace()
        #expect(try place.run("add", "--explain", "x").outputText.contains("unixfs-v0-2015"))
        let other = try place.run("add", "--explain", "--profile=unixfs-v1-2025", "x").outputText
        #expect(other.contains("unixfs-v1-2025"))
        #expect(other.contains("size-1048576"))
        let words = ["--inline", "--hidden", "--mode=0640"]
        let more = try place.run(["add", "--explain"] + words + ["x"]).outputText
        for (name, value) in [("inline", "up to 32 bytes"), ("hidden", "true"), ("mode", "0640")] {
            let cell = name + String(repeating: " ", count: 22 - name.count)
            #expect(more.contains("\n\(cell)\(value)\n"))
        }
        let refused = try place.run("add", "--explain", "--hash=sha9", "x")
        #expect(refused.errorText == "Error: unrecognized hash function: \"sha9\"\n")
    }
}
