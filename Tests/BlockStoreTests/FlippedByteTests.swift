import Buffers
import Execution
import TestSupport
import Testing

@testable import BlockStore

/// Every byte of a small store is flipped, one at a time: nothing wrong is served, and what was acknowledged
/// is there, or is told to be damaged. All pins are there at the second start, and all blocks where `meta/`
/// was damaged: the other database has them.
@Suite(.serialized, .timeLimit(.minutes(40)))
