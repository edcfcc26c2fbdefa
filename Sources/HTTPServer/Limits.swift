import Execution

/// The limits of this module, together with the relations between them.
enum Limits {
    /// Stack of one connection's thread.
    static let stackByteCount = 512 * 1_024

    /// What a body source is asked for at once.
    static let answerPieceByteCount = 256 * 1_024

    /// Upload pieces are joined up to this before a receiver sees them.
    static let receivedPieceByteCount = 256 * 1_024

    /// What one read of an upload takes while it has a share of the listener's budget. With 16 KiB an
    /// add costs a tenth more.
    static let readByteCount = 128 * 1_024

    /// The same without a share: what was read is handed over at once.
    static let readByteCountWithoutShare = 16 * 1_024

    /// Memory that all uploads of a listener share for gathering, each as much as a full piece and
    /// the read that fills it up.
    static let gatheringByteCountMax = 16 * 1_024 * 1_024
    static let gatheringShareByteCount = receivedPieceByteCount + readByteCount

    /// Bodies of a known length up to this are left to libmicrohttpd: its buffer has them, and the
    /// connection can go on afterwards. Larger ones, and those in chunks, are read by ourselves.
    static let bodyByteCountLeftMax = 16 * 1_024

    /// Socket pairs that are kept for the next answer that goes to nowhere: as many as threads that are
    /// between two of them at once.
    static let idleSinkCountMax = 16

    /// Answers that such a pair holds before they are dropped. They have some 100 bytes, and the system
    /// keeps room for 250 of them.
    static let sinkAnswerCountMax = 32

    /// Bytes of the fields of an answer up to which libmicrohttpd sends its head.
    static let queuedHeadByteCountMax = 4 * 1_024

    /// What libmicrohttpd remembers of each field of a request, in the memory of the connection.
    static let fieldRecordByteCount = 64

    /// Bytes of a head, with what libmicrohttpd remembers of its fields, that every request may have. Those
    /// of browsers have about 2 KiB.
    static let headByteCountLeft = 4 * 1_024

    /// Memory of all longer heads of a listener, from when they are complete to the end of their answers.
    static let headByteCountMax = 16 * 1_024 * 1_024

    /// Requests of one client that wait for its half of that at once; further ones are refused.
    static let headWaiterCountMax = 16

    /// Clients with such heads that are remembered before those are forgotten that have none any more.
    static let headClientCountMax = 256

    /// How long a request with such a head waits for those that give way to it.
    static let headWait: Duration = .seconds(2)

    /// What such a head takes, in lengths of its own: in libmicrohttpd's memory, as text, taken apart, and
    /// in what a handler makes of its target.
    static let headCopyCount = 4

    /// Fields of a header section. Those of browsers and proxies have about 30.
    static let headerFieldCountMax = 256

    /// The pace, in bytes a second, below which an uploading client is treated as one that stalls: with
    /// a byte every 19 ms it never does, and would keep what others need.
    static let uploadPaceMin = 4 * 1_024
    static let uploadPaceWindow: Duration = .seconds(1)

    /// For how long an uploading client may send nothing before what others need is let go of.
    static let stallDuration: Duration = .milliseconds(20)

    /// For how long a client may take nothing before the source of its answer is asked to let go of
    /// what it handed out.
    static let blockedDuration: Duration = .milliseconds(250)

    /// How long a client may take nothing, or send nothing, while others wait for what its exchange holds:
    /// twice this.
    static let heldUpDuration: Duration = .seconds(2)

    /// In how many seconds an upload that holds up others has to send as much as it holds.
    static let heldUpSecondsMax = 60

    /// How often the system asks a peer whether it is there from which nothing has come for three times as
    /// long, and how many questions may stay without an answer: a peer is gone after a minute.
    static let peerLookPeriod: Duration = .seconds(10)
    static let peerLookCountMax: Int32 = 3

    /// What is left of a piece and no longer than this is copied for a client that takes nothing, so
    /// that the block which it is a part of can go.
    static let keptPieceByteCount = 16 * 1_024

    /// Memory of all answers of a listener whose clients take nothing at the moment: heads, and pieces that
    /// cannot be made again. As much for each of a thousand as is kept of a piece, and a head as long.
    static let heldAnswerByteCountMax = 32 * 1_024 * 1_024

    /// What a client has to take of an answer in the time that its lowest rate allows for so much.
    static let progressByteCount = 64 * 1_024

    /// For how long a connection that waits for a request counts as one whose request is on its way,
    /// and gives way to no newcomer.
    static let arrivalDuration: Duration = .milliseconds(250)

    /// The same where newcomers have waited for long: only a first request has so much time, since a client
    /// that loses it gets no answer. Who has had an answer knows that a connection can end, and asks again.
    static let firstRequestDuration: Duration = .milliseconds(50)

    /// For how long less than `movedByteCountMin` of a body may have moved, while the client was waited
    /// for, before its connection gives way to others. Longer than the way there and back.
    static let stillDuration: Duration = .seconds(1)

    /// How long a newcomer that finds no place may wait for one: by then every connection can leave for
    /// it that does nothing. When one has waited, those behind it wait for `firstRequestDuration` only, for
    /// as long.
    static let placeDuration: Duration = .seconds(1)

    /// How long a newcomer waits before it is looked again whether there is room.
    static let roomPeriod: Duration = .milliseconds(5)

    /// How often one that has to leave is chosen anew because it has gone on meanwhile.
    static let leaverTriesMax = 16

    /// Bytes of a body that have to move before a connection counts as one that moves: with a byte now
    /// and then a thousand clients would keep everybody out.
    static let movedByteCountMin = 4 * 1_024

    /// Connections that have been told to leave and have not ended yet, besides those that may be
    /// open: libmicrohttpd counts both, and turns newcomers away above the sum. As many as those, so
    /// that the descriptors of both can be counted, but not too few to end in their own time.
    static func leavingConnectionCountMax(connectionsMax: Int) -> Int {
        min(max(connectionsMax, 64), 1_024)
    }

    /// How long is waited for connections to end before it is looked again whether they have.
    static let endingPeriod: Duration = .milliseconds(1)

    /// Bodies of a known length up to this that nobody wants are read and dropped before the answer, so
    /// that the connection can go on.
    static let drainedByteCountMax = 1_024 * 1_024

    /// Bytes that may lie in the socket behind a request that is worked on: further requests, sent ahead.
    /// The system takes about 100 KiB, and shows the end of a connection only when it has all that was
    /// sent before. Nobody sends so many requests ahead, and whoever does could not be seen leaving.
    static let unreadByteCountMax = 32 * 1_024

    /// Bytes that are read and dropped, behind the answer, before a connection is closed.
    static let lingerByteCountMax = 64 * 1_024 * 1_024

    /// How long that may take; and how long a drain waits for requests whose first bytes have come.
    static let drainDuration: Duration = .seconds(1)
    /// How long handlers have for their last answers, at the end of a drain: a part of its time.
    static let lastAnswersDuration: Duration = .milliseconds(500)

    /// Bytes of a request's method and path where the requests that run are listed.
    static let shownRequestByteCountMax = 256

    /// How long a listener waits for others that make or remove sockets in the same folder, which takes
    /// them less than a millisecond.
    static let folderLockDuration: Duration = .seconds(2)

    /// How often it looks meanwhile.
    static let folderLockPeriod: Duration = .milliseconds(5)

    /// How often the watchdog looks, at most.
    static let watchdogPeriod: Duration = .seconds(1)
}
