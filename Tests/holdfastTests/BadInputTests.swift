import Buffers
import Execution
import Glibc
import TestSupport
import Testing

/// What goes wrong says what to do, gives exit code 1, and leaves the repository in order.
@Suite(.timeLimit(.minutes(40)), .serialized)
struct BadInputTests {
    private func message(_ process: ChildProcess) -> String {
        #expect(process.exitCode == 1)
        return process.errorText
    }

    @Test func withoutARepositoryInitIsNamed() throws {
        let place = try TestPlace(makesRepository: false)
        #expect(
            message(try place.run("add", "x"))
                == "Error: no repository found in \(place.home): run `holdfast init` first\n")
    }

    /// As a text it would name another folder.
    @Test func aFolderInTheEnvironmentThatIsNoTextIsRefused() throws {
        let place = try TestPlace(makesRepository: false)
        let made = try place.shell(#"HOLDFAST_HOME="$(printf '/tmp/h\377')" holdfast init"#)
        #expect(message(made).hasPrefix("Error: $HOLDFAST_HOME is not UTF-8"))
    }

    @Test func aWrongOptionSaysWhichOneWasMeant() throws {
        let place = try TestPlace(makesRepository: false)
        #expect(
            message(try place.run("add", "--recusive", "x")) == """
                Error: unknown option --recusive: did you mean --recursive?
                Use 'holdfast add --help' for information about this command

                """)
    }

    @Test func aMissingFileIsNamed() throws {
        let place = try TestPlace()
        let path = place.path("none")
        #expect(
            message(try place.run("add", path))
                == "Error: stat \(path): no such file or directory\n")
    }

    @Test func aFolderWantsItsOption() throws {
        let place = try TestPlace()
        try place.makeSampleFolder()
        #expect(message(try place.run("add", place.path("dir"))).contains("use the '-r' flag"))
    }

    /// The command that was typed, and no option that it does not have.
    @Test(arguments: ["dag import", "block put", "dag put", "multibase encode"])
    func whatIsNoFileIsAnsweredWithTheCommand(command: String) throws {
        let place = try TestPlace()
        try place.makeSampleFolder()
        let folder = message(try place.shell("holdfast \(command) dir"))
        #expect(folder == "Error: 'dir' is a directory, and `holdfast \(command)` takes files\n")
        let device = message(try place.shell("holdfast \(command) /dev/null"))
        #expect(device.contains("use `holdfast \(command) - < /dev/null`"), "\(device)")
    }

    @Test(arguments: ["xml", "JSON", "", "text2"])
    func anUnknownEncodingIsRefused(encoding: String) throws {
        let place = try TestPlace()
        for command in ["id", "pin ls", "cid bases", "cat bafkqaaa"] {
            let refused = message(try place.shell("holdfast \(command) --enc=\(encoding)"))
            #expect(refused.contains("unknown encoding \"\(encoding)\": it is text or json"))
        }
        #expect(try place.shell("holdfast --encoding text id").exitCode == 0)
    }

    @Test func theFileThatIsNoCARIsNamed() throws {
        let place = try TestPlace()
        try place.write("hello.txt", "hello\n")
        let made = try place.shell(
            "holdfast dag export $(holdfast add -Q hello.txt) > ok.car && "
                + "head -c 90 ok.car > torn.car")
        #expect(made.exitCode == 0)
        for files in ["hello.txt", "ok.car hello.txt", "ok.car ok.car hello.txt ok.car"] {
            let refused = message(try place.shell("holdfast dag import \(files)"))
            #expect(refused == "Error: hello.txt: unexpected EOF\n")
        }
        let torn = message(try place.shell("holdfast dag import ok.car torn.car"))
        #expect(torn == "Error: torn.car: unexpected EOF\n")
        let shown = message(try place.shell("holdfast dag import < hello.txt"))
        #expect(shown == "Error: unexpected EOF\n")
    }

    @Test func aPipeInAFolderIsNamed() throws {
        let place = try TestPlace()
        try place.makeSampleFolder()
        let pipe = place.path("dir/pipe")
        #expect(try ChildProcess.run("mkfifo", [pipe]).exitCode == 0)
        #expect(message(try place.run("add", "-r", place.path("dir"))).contains(pipe))
        #expect(try place.run("pin", "ls").outputText == "")
    }

    @Test func anUnreadableFileInTheMiddleOfAFolderIsNamed() throws {
        let place = try TestPlace(makesRepository: false)
        try place.makeSampleFolder()
        // Root may read everything, so root's test becomes nobody.
        let user = geteuid() == 0 ? "setpriv --reuid=65534 --regid=65534 --clear-groups" : ""
        let prepared = try place.shell(
            "cp \"$(command -v holdfast)\" program && chmod 0 dir/sub/b"
                + (user.isEmpty ? "" : " && chown -R 65534:65534 ."))
        #expect(prepared.exitCode == 0, "\(prepared.errorText)")
        #expect(try place.shell("\(user) ./program init").exitCode == 0)
        let added = try place.shell("\(user) ./program add -r dir")
        let path = "dir/sub/b"
        #expect(message(added).contains("Error: open \(path): permission denied\n"))
        #expect(try place.shell("\(user) ./program pin ls").outputText == "")
        let others = try place.shell("chmod 644 \(path) && \(user) ./program add -rQ dir")
        #expect(others.exitCode == 0, "\(others.errorText)")
    }

    @Test func aCircleOfLinksEnds() throws {
        let place = try TestPlace()
        try place.makeSampleFolder()
        try File.makeLink(place.path("dir/sub/up"), to: "..")
        let added = try place.run("add", "-r", "--dereference-symlinks", place.path("dir"))
        #expect(message(added).contains("circle of links"))
    }

    @Test func hiddenAndIgnoredNamesAreLeftOut() throws {
        let place = try TestPlace()
        try place.makeSampleFolder()
        let plain = try place.run("add", "-rQ", place.path("dir")).outputText
        try place.write("dir/.hidden", "h")
        try place.write("dir/sub/x.log", "l")
        #expect(try place.run("add", "-rQ", place.path("dir")).outputText != plain)
        #expect(
            try place.run("add", "-rQ", "--ignore=*.log", place.path("dir")).outputText == plain)
        try place.write("rules", "# logs\n*.log\n")
        let ruled = try place.run(
            "add", "-rQ", "--ignore-rules-path", place.path("rules"), place.path("dir"))
        #expect(ruled.outputText == plain)
        let hidden = try place.run("add", "-rQ", "-H", "--ignore=*.log", place.path("dir"))
        #expect(hidden.outputText != plain)
    }

    @Test(arguments: [
        (
            ["cat", "QmNotReal"],
            "Error: invalid path \"QmNotReal\": path does not have enough components\n"
        ),
        (
            ["cat", "QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn"],
            "could not find QmUNLLsPACCz1vLxQVkXqqLX5R1X345qqfHbsf67hvA3Nn"
        ),
        (["add", "--cid-version=2", "-"], "Error: unknown CID version: 2\n"),
        (["add", "--chunker=foo", "-"], "Error: unrecognized chunker option: foo\n"),
        (["add", "--hash=sha9", "-"], "Error: unrecognized hash function: \"sha9\"\n"),
        (
            ["add", "--pin=false", "--pin-name=x", "-"],
            "Error: pin-name option requires pin to be set\n"
        ),
        (["pin", "rm", "bafkqaaa"], "Error: not pinned or pinned indirectly\n"),
        (["pin", "ls", "--type=bogus"], "Error: invalid type 'bogus', must be one of"),
        (["get", "-C", "-l", "10", "x"], "Error: compression level must be between 1 and 9\n"),
        (["--api", "127.0.0.1:1", "id"], "127.0.0.1:1"),
        (["--api", "nonsense", "id"], "is no address of a node"),
    ])
    func theNodesRefusalIsPrinted(words: [String], expected: String) throws {
        let place = try TestPlace()
        let process = try ChildProcess.run(
            try BuiltProgram.path("holdfast"), words, environment: ["HOLDFAST_HOME": place.home],
            input: Bytes(utf8: "x"))
        #expect(message(process).contains(expected), "\(process.errorText)")
    }

    @Test func aReaderThatHasGoneLeavesNothingBehind() throws {
        let place = try TestPlace()
        try File.makeFolder(place.path("tmp"))
        let ended = try place.shell(
            "export TMPDIR=$PWD/tmp; head -c 1000000 /dev/zero "
                + "| holdfast multibase encode -b base16 | head -c 1 > none; "
                + "echo ${PIPESTATUS[1]}")
        #expect(ended.outputText == "141\n", "\(ended.errorText)")
        #expect(ended.errorText == "")
        #expect(try File.rawNames(in: place.path("tmp")) == [])
    }

    /// Its input does not come, so somebody types Ctrl-C, or closes the terminal.
    @Test(arguments: [("TERM", 143), ("HUP", 129), ("QUIT", 131)])
    func aCommandWithoutARepositoryThatASignalEndsLeavesNothing(signal: String, code: Int) throws {
        let place = try TestPlace()
        let ended = try place.shell(
            """
            mkdir tmp; export TMPDIR=$PWD/tmp; mkfifo pipe && exec 3<>pipe; ulimit -c 0; set -m
            holdfast multibase encode <pipe 3>&- & command=$!
            until [ -n "$(ls tmp)" ]; do sleep 0.05; done
            kill -\(signal) $command
            wait $command; echo "code $?"; ls tmp
            """)
        #expect(ended.outputText == "code \(code)\n", "\(ended.errorText)")
    }

    /// The first look into the folder fails, as the removal does while a database makes a file in it.
    @Test(arguments: [("echo a >&3; exec 3>&-", 0), ("kill -TERM $command", 143)])
    func aCommandWithoutARepositoryRemovesItsFolderAgain(end: String, code: Int) throws {
        let place = try TestPlace()
        var fault = FailingCalls.Fault("readdir", of: "/home", number: EIO)
        fault.count = 1
        let variables = try FailingCalls(in: place.folder).environment(fault)
            .map { "\($0)='\($1)'" }.joined(separator: " ")
        let ended = try place.shell(
            """
            mkdir tmp; export TMPDIR=$PWD/tmp; mkfifo pipe && exec 3<>pipe
            (export \(variables); exec holdfast multibase encode <pipe >none 3>&-) & command=$!
            until [ -n "$(ls tmp)" ]; do sleep 0.05; done
            \(end)
            wait $command; echo "code $?"; ls tmp
            """)
        #expect(ended.outputText == "code \(code)\n", "\(ended.errorText)")
    }

    /// A shell has what it starts in the background ignore Ctrl-C.
    @Test func aSignalThatIsIgnoredStaysIgnored() throws {
        let place = try TestPlace()
        let ended = try place.shell(
            """
            mkdir tmp; export TMPDIR=$PWD/tmp; mkfifo pipe && exec 3<>pipe
            (trap '' INT; exec holdfast multibase encode -b base16 <pipe 3>&-) & command=$!
            until [ -n "$(ls tmp)" ]; do sleep 0.05; done
            kill -INT $command
            echo -n a >&3; exec 3>&-
            wait $command; echo " code $?"; ls tmp
            """)
        #expect(ended.outputText.hasPrefix("f61"), "\(ended.outputText) \(ended.errorText)")
        #expect(ended.outputText.hasSuffix(" code 0\n"))
    }

    @Test func aNewerRepositoryIsRefused() throws {
        let place = try TestPlace()
        try File.replace(place.home + "/version", with: Bytes(utf8: "99\n"))
        #expect(message(try place.run("repo", "stat")).contains("has version 99"))
        #expect(message(try place.run("serve")).contains("use a newer holdfast"))
    }

    @Test func aTypingErrorInTheConfigurationIsNamed() throws {
        let place = try TestPlace()
        try File.replace(
            place.home + "/config.json", with: Bytes(utf8: "{\n  \"lissten\": {}\n}\n"))
        let expected = "line 2: unknown key lissten: did you mean listen?"
        #expect(message(try place.run("serve")).contains(expected))
        #expect(message(try place.run("add", "x")).contains(expected))
    }

    /// A pipe would keep every command for ever.
    @Test(arguments: ["config.json", "version", "lock", "keys/private-key"])
    func whatIsNoFileInARepositoryIsNamed(name: String) throws {
        let place = try TestPlace()
        let path = place.home + "/" + name
        // Of a node that was killed: it makes a command look for one.
        try File.replace(place.home + "/api", with: "/ip4/127.0.0.1/tcp/1")
        try File.removeIfThere(path)
        try File.makePipe(path)
        for command in ["repo stat", "serve"] {
            let refused = message(try place.shell("timeout 60 holdfast \(command)"))
            #expect(refused.contains("Error: \(path) is no plain file: remove it"), "\(refused)")
        }
    }

    @Test func aPipeInThePlaceOfAnAddressIsNoNode() throws {
        let place = try TestPlace()
        try File.makePipe(place.home + "/api")
        let asked = try place.shell("timeout 60 holdfast repo stat")
        #expect(asked.exitCode == 0, "\(asked.errorText)")
        #expect(try !File.exists(place.home + "/api"))
    }

    @Test func aPrivateListenerForEverybodyIsRefused() throws {
        let place = try TestPlace()
        let refused = message(try place.run("serve", "--private", "0.0.0.0:0"))
        #expect(refused.contains("no tokens yet"))
    }
}
