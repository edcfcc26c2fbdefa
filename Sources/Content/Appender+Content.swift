import BlockStore
import Execution
import Multiformats

extension Appender {
    /// Hands a block in, with errors that say which one it was.
    func append(_ block: VerifiedBlock, as cid: CID) throws(ContentError) {
        do {
            try append(block)
        } catch {
            throw ContentError(error, reading: cid)
        }
    }

    /// Returns once every block of the run is on disk.
    func waitForDisk(by deadline: Deadline) throws(ContentError) {
        do {
            try barrier(by: deadline)
        } catch {
            throw ContentError(error)
        }
    }
}
